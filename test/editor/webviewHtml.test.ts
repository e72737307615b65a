import { describe, expect, it } from 'vitest';
import { webviewHtml } from '../../src/editor/webviewHtml.ts';

const page = {
  locale: { language: 'en' },
  title: 'A & B',
  cspSource: 'https://x',
  styleUri: 'https://x/a.css',
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

  it('takes along the language and the texts of the page, as data', () => {
    const texts = { 'Ask "Both"': 'Frag <beide>' };
    const html = webviewHtml({ ...page, locale: { language: 'de', texts } });
    expect(html).toContain('<html lang="de">');
    const content = /<meta name="l10n" content="([^"]*)">/.exec(html)?.[1] ?? '';
    expect(content).not.toContain('<');
    expect(
      JSON.parse(content.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))),
    ).toEqual(texts);
    expect(webviewHtml(page)).not.toContain('l10n');
  });

  it('writes the title as text', () => {
    expect(webviewHtml(page)).toContain('<title>A &#38; B</title>');
  });
});
