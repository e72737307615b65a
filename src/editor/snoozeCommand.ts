import * as vscode from 'vscode';
import { snoozeChoices, type Snooze } from './snooze.ts';

/** Asks for how long nothing may be offered unasked. */
export async function chooseSnooze(snooze: Snooze): Promise<void> {
  const chosen = await vscode.window.showQuickPick(snoozeChoices(Date.now()), {
    title: 'Attune: Snooze',
    placeHolder: 'Offer nothing unasked for',
  });
  if (chosen !== undefined) snooze.begin(chosen.untilMs);
}
