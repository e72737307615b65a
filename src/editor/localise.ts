/*
 * The first thing the extension does: gives `@vscode/l10n`, by which every module here makes its texts,
 * what VS Code loaded of l10n/ for its language. It has done so before it runs an extension, so that tables
 * of texts can be constants. Without a bundle for the language the texts are English.
 */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PageLocale } from './webviewHtml.ts';

if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle });

/** The language that VS Code speaks, and the texts of a page in it. */
export function pageLocale(): PageLocale {
  return { language: vscode.env.language, texts: vscode.l10n.bundle };
}
