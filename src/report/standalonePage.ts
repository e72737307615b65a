import { createHash } from 'node:crypto';
import { escapeHtml } from './html.ts';

/** What a page that stands alone is made of. */
export interface StandalonePage {
  readonly title: string;
  /** Already escaped. */
  readonly body: string;
  readonly style: string;
  readonly script: string;
}

/**
 * A page in one file: it loads nothing, and nothing runs in it but the script it was made with, which
 * it names by its hash.
 */
export function standalonePage({ title, body, style, script }: StandalonePage): string {
  const [styleText, scriptText] = [style, script].map(withoutSourceMap) as [string, string];
  const policy = `default-src 'none'; style-src ${hashOf(styleText)}; script-src ${hashOf(scriptText)}`;
  return [
    '<!DOCTYPE html>',
    '<html lang="en" class="standalone">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${styleText}</style>`,
    '</head>',
    `<body>${body}`,
    `<script>${scriptText}</script>`,
    '</body></html>\n',
  ].join('\n');
}

/** The file that it names does not come along. */
function withoutSourceMap(text: string): string {
  return text.replace(/(?:\/\/|\/\*)# sourceMappingURL=.*\s*$/, '');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
