import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { isOurs } from './documentPlace.ts';

/** What is longer is data, or code that machines wrote for machines. In UTF-16 code units, about a megabyte. */
export const maxDocumentChars = 2 ** 20;

/** Why Attune offers nothing in a document, whatever the settings; undefined where it may. */
export function whyNotCompleted(document: vscode.TextDocument): string | undefined {
  if (!isOurs(document))
    return l10n.t(
      'Documents of this kind ({0}) are not completed: only files, notebooks and new documents are.',
      document.uri.scheme,
    );
  return charsOf(document) > maxDocumentChars
    ? l10n.t('This file is not completed: it has more than 1 MB, as only data has.')
    : undefined;
}

/** VS Code keeps where each line begins, so that this reads no text. */
function charsOf(document: vscode.TextDocument): number {
  return document.offsetAt(new vscode.Position(document.lineCount, 0));
}
