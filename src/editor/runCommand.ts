import * as vscode from 'vscode';
import type { CommandId } from './commands.ts';

/** Runs a command of Attune, as if the user had. */
export function runCommand(id: CommandId): Thenable<unknown> {
  return vscode.commands.executeCommand(id);
}
