import * as l10n from '@vscode/l10n';
import type { CommandId } from '../commands.ts';
import { startTitle, type StatusFacts } from './statusText.ts';

/** One entry of the menu behind the status bar item. */
export interface MenuEntry {
  readonly command: CommandId;
  readonly label: string;
  readonly description?: string;
}

/**
 * The commands that make sense in a state, those that a user most likely came for first.
 *
 * @param languageId of the active editor; undefined when there is none.
 */
export function menuEntries(facts: StatusFacts, languageId: string | undefined): MenuEntry[] {
  const { engine, missing, retraining, storedRecords } = facts;
  const chooseModel = entry('attune.chooseModel', 'package', l10n.t('Choose Model…'));
  const hasStore = typeof storedRecords === 'number';
  const entries: (MenuEntry | false)[] = [
    missing !== undefined && chooseModel,
    (engine.kind === 'failed' || engine.kind === 'stopped') && startEntry(facts),
    retraining !== undefined && entry('attune.stopRetraining', 'debug-stop', l10n.t('Stop Retraining')),
    facts.isEnabled
      ? entry('attune.toggle', 'circle-slash', l10n.t('Turn Completions Off'))
      : entry('attune.toggle', 'sparkle', l10n.t('Turn Completions On')),
    facts.isEnabled &&
      (facts.snoozedUntilMs === undefined
        ? entry('attune.snooze', 'bell-slash', l10n.t('Snooze…'))
        : entry('attune.endSnooze', 'bell', l10n.t('End Snooze'))),
    facts.isEnabled && entry('attune.chooseShow', 'settings', l10n.t('When to Offer…')),
    languageId !== undefined && facts.isEnabled && languageEntry(facts.isLanguageOn, languageId),
    engine.kind === 'ready' && entry('attune.ask', 'comment', l10n.t('Ask for Code…')),
    engine.kind === 'ready' && entry('attune.rankAlternatives', 'list-ordered', l10n.t('Rank Alternatives')),
    hasStore && retraining === undefined && retrainEntry(storedRecords),
    entry('attune.showLearningReport', 'graph', l10n.t('Show Learning Report')),
    engine.kind === 'ready' &&
      entry('attune.showBeforeAfter', 'split-horizontal', l10n.t('Before and After Feedback')),
    entry('attune.rollBack', 'history', l10n.t('Roll Back Adapter…')),
    entry('attune.exportAdapter', 'export', l10n.t('Export Adapter…')),
    entry('attune.importAdapter', 'cloud-download', l10n.t('Import Adapter…')),
    hasStore && entry('attune.trainOnCluster', 'server-environment', l10n.t('Train on a Cluster…')),
    missing === undefined && chooseModel,
    hasStore && entry('attune.showData', 'database', l10n.t('Show What Is Stored')),
    hasStore && entry('attune.exportFeedback', 'export', l10n.t('Export Feedback…')),
    hasStore &&
      languageId !== undefined &&
      entry('attune.forgetFile', 'eye-closed', l10n.t('Forget This File')),
    hasStore && entry('attune.forgetEverything', 'trash', l10n.t('Forget Everything…')),
    hasStore && entry('attune.toggleLearnHere', 'book', l10n.t('Learn in This Workspace or Not')),
    entry('attune.showDiagnostics', 'pulse', l10n.t('Show Diagnostics')),
    entry('attune.showLog', 'output', l10n.t('Show Log')),
  ];
  return entries.filter((each) => each !== false);
}

function startEntry(facts: StatusFacts): MenuEntry {
  const icon = facts.missing === undefined ? 'debug-start' : 'cloud-download';
  return entry('attune.startEngine', icon, startTitle(facts));
}

function languageEntry(isOn: boolean, languageId: string): MenuEntry {
  const label = isOn
    ? l10n.t('Turn Completions Off for {0}', languageId)
    : l10n.t('Turn Completions On for {0}', languageId);
  return entry('attune.toggleLanguage', 'code', label);
}

function retrainEntry(storedRecords: number): MenuEntry {
  const description =
    storedRecords === 1 ? l10n.t('1 record stored') : l10n.t('{0} records stored', storedRecords);
  return { ...entry('attune.retrain', 'mortar-board', l10n.t('Retrain Assistant')), description };
}

function entry(command: CommandId, icon: string, label: string): MenuEntry {
  return { command, label: `$(${icon}) ${label}` };
}
