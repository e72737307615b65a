import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Actions } from './notices.ts';

/**
 * A button that shows a file where it lies: in the system's own explorer, or, where VS Code runs in a browser, in
 * its Explorer if the file is in the workspace. No button where neither can.
 */
export async function revealing(path: string): Promise<Actions> {
  const uri = vscode.Uri.file(path);
  const isInWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  const hasSystem = (await vscode.commands.getCommands()).includes('revealFileInOS');
  const command = hasSystem ? 'revealFileInOS' : isInWorkspace ? 'revealInExplorer' : undefined;
  if (command === undefined) return {};
  return { [l10n.t('Reveal in Explorer')]: () => vscode.commands.executeCommand(command, uri) };
}
