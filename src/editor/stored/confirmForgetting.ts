import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';

/** Asks whether several records shall be forgotten, by a question that says which. */
export async function confirmForgetting(question: string): Promise<boolean> {
  const forget = l10n.t('Forget');
  const detail = l10n.t('This cannot be undone. What adapters learned from them stays in those.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, forget)) === forget;
}
