import * as vscode from 'vscode';

/**
 * Asks for one of several; undefined where the user wants none of them. It stays open when the focus goes elsewhere:
 * a webview that had it before the command palette takes it back late, and would close the question at once.
 */
export function choose<Choice extends vscode.QuickPickItem>(
  choices: readonly Choice[],
  options: vscode.QuickPickOptions,
): Thenable<Choice | undefined> {
  return vscode.window.showQuickPick(choices, { ...options, ignoreFocusOut: true });
}
