import { describe, expect, it } from 'vitest';
import { webviewHtml } from '../../src/editor/webviewHtml.ts';

const page = {
  title: 'A & B',
  cspSource: 'https://x',
  styleUris: ['https://x/a.css'],
  scriptUri: 'https://x/a.js',
  body: '<main></main>',
};

describe('webviewHtml', () => {
  it('lets only the page’s own script run, by a nonce that is new each time', () => {
    const [first, second] = [1, 2].map(() => webviewHtml(page));
    const nonceOf = (html: string | undefined) => /script-src 'nonce-([\w-]+)'/.exec(html ?? '')?.[1];
    expect(first).toContain(`<script nonce="${nonceOf(first)}" src="https://x/a.js">`);
    expect(nonceOf(first)).not.toBe(nonceOf(second));
  });

  it('lets nothing be loaded from elsewhere', () => {
    const html = webviewHtml(page);
    expect(html).toContain(`default-src 'none'`);
    expect(html).not.toMatch(/connect-src|unsafe/);
  });

  it('writes the title as text', () => {
    expect(webviewHtml(page)).toContain('<title>A &#38; B</title>');
  });
});
