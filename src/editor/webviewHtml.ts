import { randomBytes } from 'node:crypto';

/** What a page of ours is made of. */
export interface WebviewPage {
  readonly title: string;
  /** What VS Code calls the page's own resources in a content security policy. */
  readonly cspSource: string;
  readonly styleUris: readonly string[];
  /** Absent for a page without a script. */
  readonly scriptUri?: string;
  /** Already escaped. */
  readonly body: string;
}

/**
 * A page that can load nothing but its own style sheets and its one script: no network, no script
 * that was written into a text.
 */
export function webviewHtml({ title, cspSource, styleUris, scriptUri, body }: WebviewPage): string {
  const nonce = randomBytes(16).toString('base64url');
  const script = scriptUri === undefined ? `'none'` : `'nonce-${nonce}'`;
  const policy = `default-src 'none'; style-src ${cspSource}; font-src ${cspSource}; script-src ${script}`;
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
    ...(scriptUri === undefined ? [] : [`<script nonce="${nonce}" src="${scriptUri}"></script>`]),
    '</html>',
  ].join('\n');
}

/** A text as HTML shows it, also inside an attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
