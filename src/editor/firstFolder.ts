import { homedir } from 'node:os';
import * as vscode from 'vscode';

/** Where a dialog for files begins: in the workspace, or at home. */
export function firstFolder(): string {
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
}
