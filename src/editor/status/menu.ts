import * as vscode from 'vscode';
import { runCommand } from '../runCommand.ts';
import { menuEntries } from './menuEntries.ts';
import { statusOf, type StatusFacts } from './statusText.ts';

/** Opens the menu behind the status bar item and runs what the user chooses. */
export async function showMenu(facts: StatusFacts): Promise<void> {
  const entries = menuEntries(facts, vscode.window.activeTextEditor?.document.languageId);
  const options = { title: 'Attune', placeHolder: statusOf(facts).sentence };
  const chosen = await vscode.window.showQuickPick(entries, options);
  if (chosen !== undefined) await runCommand(chosen.command);
}
