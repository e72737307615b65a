import { randomBytes } from 'node:crypto';
import { escapeHtml } from '../report/html.ts';

/** What a page of ours is made of. */
export interface WebviewPage {
  readonly title: string;
  /** What VS Code calls the page's own resources in a content security policy. */
  readonly cspSource: string;
  readonly styleUris: readonly string[];
  readonly scriptUri: string;
  /** Already escaped. */
  readonly body: string;
}

/**
 * A page that can load nothing but its own style sheets and its one script: no network, no script
 * that was written into a text.
 */
export function webviewHtml({ title, cspSource, styleUris, scriptUri, body }: WebviewPage): string {
  const nonce = randomBytes(16).toString('base64url');
  const policy = `default-src 'none'; style-src ${cspSource}; font-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    ...styleUris.map((uri) => `<link rel="stylesheet" href="${uri}">`),
    '</head>',
    `<body>${body}</body>`,
    `<script nonce="${nonce}" src="${scriptUri}"></script>`,
    '</html>',
  ].join('\n');
}
