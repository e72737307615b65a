import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { cursorLineOf, isMidWord, normaliseContext } from '../../completion/prompt/context.ts';
import { isOurs, placeAt } from './documentPlace.ts';

/** What is longer is data, or code that machines wrote for machines. In UTF-16 code units, about a megabyte. */
const maxDocumentChars = 2 ** 20;

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

/** Why nothing comes at the cursor of an editor, whoever asks; undefined where something may. */
export function whyNotCompletedAt(editor: vscode.TextEditor | undefined): string | undefined {
  if (editor === undefined) return l10n.t('Open a file and put the cursor where you want code first.');
  const { document, selection } = editor;
  const place = placeAt(document, selection.active, 'invoked');
  const whyNotWithin = isMidWord(cursorLineOf(normaliseContext(place)))
    ? l10n.t(
        'Within a word or before other text on its line nothing is offered. A line’s end is the best place to ask.',
      )
    : undefined;
  return whyNotCompleted(document) ?? whyNotWithin;
}

/** VS Code keeps where each line begins, so that this reads no text. */
function charsOf(document: vscode.TextDocument): number {
  return document.offsetAt(new vscode.Position(document.lineCount, 0));
}
