/*
 * The first thing a page does: reads its texts in VS Code's language from where `webviewHtml` put them. A
 * page without them is English, as the one that the command line writes.
 */
import * as l10n from '@vscode/l10n';

const texts = document.querySelector<HTMLMetaElement>('meta[name="l10n"]')?.content;
if (texts !== undefined) l10n.config({ contents: texts });
