import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { normaliseContext } from '../../completion/prompt/context.ts';
import { instructionAbove } from '../../completion/prompt/instruction.ts';
import { placeAt } from '../typing/documentPlace.ts';

/**
 * What code shall be asked for at the cursor: the comment above it where the cursor stands on an empty
 * line, or else what the user types; undefined when they type nothing.
 */
export async function instructionFor({
  document,
  selection,
}: vscode.TextEditor): Promise<string | undefined> {
  const place = placeAt(document, selection.active, 'invoked');
  const written = instructionAbove(normaliseContext(place), place.languageId);
  if (written !== undefined) return written;
  const typed = await vscode.window.showInputBox({
    title: l10n.t('Attune: Ask for Code'),
    prompt: l10n.t('What shall the code do? A comment above an empty line asks too.'),
    placeHolder: l10n.t('a function that says whether a number is even'),
  });
  return typed === undefined || typed.trim() === '' ? undefined : typed.trim();
}
