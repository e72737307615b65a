import type * as vscode from 'vscode';

/** Where details go that no message box should show: VS Code's log channel, or a test's list. */
export type Logger = Pick<vscode.LogOutputChannel, 'info' | 'warn' | 'error'>;

/** What an error says, for the log; the user is told its sentence. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Everything an error tells, for the log. */
export function detailsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
