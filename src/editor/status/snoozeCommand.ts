import * as l10n from '@vscode/l10n';
import { choose } from '../choose.ts';
import { snoozeChoices, type Snooze } from './snooze.ts';

/** Asks for how long nothing may be offered unasked. */
export async function chooseSnooze(snooze: Snooze): Promise<void> {
  const chosen = await choose(snoozeChoices(Date.now()), {
    title: l10n.t('Attune: Snooze'),
    placeHolder: l10n.t('Offer nothing unasked for'),
  });
  if (chosen !== undefined) snooze.begin(chosen.untilMs);
}
