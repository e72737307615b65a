import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { CurrentSettings } from '../settings/currentSettings.ts';
import { LearnHere, type LearnAnswer } from './learnHere.ts';
import type { Notices } from '../notices.ts';

/** Whether Attune may learn in the workspace of this window. */
export function learnHereIn(
  context: Pick<vscode.ExtensionContext, 'workspaceState'>,
  settings: Pick<CurrentSettings, 'value'>,
  folder: string,
  onAnswered: () => void,
): LearnHere {
  return new LearnHere({
    values: context.workspaceState,
    collect: () => settings.value.collect,
    ask: () => askLearnHere(folder),
    onAnswered,
  });
}

/**
 * The one question before anything is stored: what, where, and how to be rid of it.
 *
 * @param folder where it is stored.
 */
async function askLearnHere(folder: string): Promise<LearnAnswer | undefined> {
  const answers: Readonly<Record<string, LearnAnswer>> = {
    [l10n.t('Learn Here')]: 'here',
    [l10n.t('Not Here')]: 'notHere',
    [l10n.t('Later')]: 'later',
  };
  const question = l10n.t(
    'May Attune learn from your work in this workspace? It then stores the code around the cursor, its completions and what becomes of them, on this machine alone: in {0}. “Attune: Forget Everything” erases it.',
    folder,
  );
  const chosen = await vscode.window.showInformationMessage(question, ...Object.keys(answers));
  return chosen === undefined ? undefined : answers[chosen];
}

/** The command 'Learn in This Workspace or Not'. */
export async function toggleLearnHere(learnHere: LearnHere, notices: Notices): Promise<void> {
  const answer = learnHere.answer === 'here' ? 'notHere' : 'here';
  await learnHere.change(answer);
  const said =
    answer === 'here'
      ? l10n.t('Attune learns from your work in this workspace.')
      : l10n.t('Attune stores nothing more of this workspace. What is stored stays until you forget it.');
  notices.tell('info', learnHere.isAllowed() === (answer === 'here') ? said : overruled());
}

function overruled(): string {
  return l10n.t('The setting attune.collect decides for every workspace; let it be “ask” to decide here.');
}
