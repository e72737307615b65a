import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Alternative } from '../../completion/completion.ts';
import type { WantedPlace } from '../../completion/wantedPlace.ts';
import { documentAt } from '../typing/documentPlace.ts';

/** Whoever follows what becomes of completions hears of an alternative right before it is inserted, and if it could not be. */
export interface InsertingWatch {
  readonly onInserting: () => void;
  readonly onRefused: () => void;
}

/**
 * Puts an alternative where it was asked for, and the keys there. Gives why that was not done, if it was not: the text
 * there is another by now, or the document cannot be changed.
 */
export async function insertAlternative(
  place: WantedPlace,
  { text, replacedChars }: Pick<Alternative, 'text' | 'replacedChars'>,
  { onInserting, onRefused }: InsertingWatch,
): Promise<string | undefined> {
  const found = await documentAt(place);
  if (found === undefined) return l10n.t('The text around the cursor is another by now: ask again.');
  const { document, position } = found;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(position, position.translate(0, replacedChars)), text);
  let isInserted = false;
  onInserting();
  try {
    isInserted = await vscode.workspace.applyEdit(edit);
  } finally {
    if (!isInserted) onRefused();
  }
  if (!isInserted) return l10n.t('VS Code does not let this document be changed.');
  await vscode.window.showTextDocument(document, columnOf(document));
  return undefined;
}

/** Where a document is on the screen; another may be in front of the user by now. */
function columnOf(document: vscode.TextDocument): vscode.ViewColumn | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const shown = [activeTextEditor, ...visibleTextEditors].find((editor) => editor?.document === document);
  return (shown ?? activeTextEditor)?.viewColumn;
}
