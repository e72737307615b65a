import { randomBytes } from 'node:crypto';
import { escapeHtml } from '../report/html.ts';

/** The language of a page, and its texts in that language by the English ones. */
export interface PageLocale {
  /** As VS Code names it, such as `de`. */
  readonly language: string;
  /** Absent where there is no translation. */
  readonly texts?: Readonly<Record<string, string>> | undefined;
}

/** What a page of ours is made of. */
export interface WebviewPage {
  readonly locale: PageLocale;
  readonly title: string;
  /** What VS Code calls the page's own resources in a content security policy. */
  readonly cspSource: string;
  readonly styleUri: string;
  readonly scriptUri: string;
  /** Already escaped. */
  readonly body: string;
}

/**
 * A page that can load nothing but its own style sheet and script: no network, no script that was
 * written into a text.
 */
export function webviewHtml(page: WebviewPage): string {
  const { locale, title, cspSource, styleUri, scriptUri, body } = page;
  const nonce = randomBytes(16).toString('base64url');
  const policy = `default-src 'none'; style-src ${cspSource}; font-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return [
    '<!DOCTYPE html>',
    `<html lang="${escapeHtml(locale.language)}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    ...textsOf(locale),
    `<link rel="stylesheet" href="${styleUri}">`,
    '</head>',
    `<body>${body}</body>`,
    `<script nonce="${nonce}" src="${scriptUri}"></script>`,
    '</html>',
  ].join('\n');
}

/** Where `webview/l10n/readTexts.ts` finds them. */
function textsOf({ texts }: PageLocale): string[] {
  return texts === undefined ? [] : [`<meta name="l10n" content="${escapeHtml(JSON.stringify(texts))}">`];
}
