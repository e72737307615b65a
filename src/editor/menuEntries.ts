import type { CommandId } from './commands.ts';
import type { StatusFacts } from './statusText.ts';

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
  const { engine, retraining, storedRecords } = facts;
  const hasStore = storedRecords !== undefined;
  const entries: (MenuEntry | false)[] = [
    (engine.kind === 'failed' || engine.kind === 'stopped') &&
      entry('attune.startEngine', 'debug-start', 'Start Model'),
    facts.isEnabled
      ? entry('attune.toggle', 'circle-slash', 'Turn Completions Off')
      : entry('attune.toggle', 'sparkle', 'Turn Completions On'),
    facts.isEnabled &&
      (facts.snoozedUntilMs === undefined
        ? entry('attune.snooze', 'bell-slash', 'Snooze…')
        : entry('attune.endSnooze', 'bell', 'End Snooze')),
    facts.isEnabled && entry('attune.chooseShow', 'settings', 'When to Offer…'),
    languageId !== undefined && facts.isEnabled && languageEntry(facts.isLanguageOn, languageId),
    engine.kind === 'ready' && entry('attune.ask', 'comment', 'Ask for Code…'),
    engine.kind === 'ready' && entry('attune.rankAlternatives', 'list-ordered', 'Rank Alternatives'),
    hasStore && retraining === undefined && retrainEntry(storedRecords),
    entry('attune.showLearningReport', 'graph', 'Show Learning Report'),
    engine.kind === 'ready' &&
      entry('attune.showBeforeAfter', 'split-horizontal', 'Before and After Feedback'),
    entry('attune.rollBack', 'history', 'Roll Back Adapter…'),
    entry('attune.exportAdapter', 'export', 'Export Adapter…'),
    entry('attune.importAdapter', 'cloud-download', 'Import Adapter…'),
    entry('attune.chooseModel', 'package', 'Choose Model…'),
    hasStore && entry('attune.showData', 'database', 'Show What Is Stored'),
    hasStore && entry('attune.exportFeedback', 'export', 'Export Feedback…'),
    hasStore && languageId !== undefined && entry('attune.forgetFile', 'eye-closed', 'Forget This File'),
    hasStore && entry('attune.forgetEverything', 'trash', 'Forget Everything…'),
    hasStore && entry('attune.toggleLearnHere', 'book', 'Learn in This Workspace or Not'),
    entry('attune.showDiagnostics', 'pulse', 'Show Diagnostics'),
    entry('attune.showLog', 'output', 'Show Log'),
  ];
  return entries.filter((each) => each !== false);
}

function languageEntry(isOn: boolean, languageId: string): MenuEntry {
  return entry('attune.toggleLanguage', 'code', `Turn Completions ${isOn ? 'Off' : 'On'} for ${languageId}`);
}

function retrainEntry(storedRecords: number): MenuEntry {
  const description = `${storedRecords} records stored`;
  return { ...entry('attune.retrain', 'mortar-board', 'Retrain Assistant'), description };
}

function entry(command: CommandId, icon: string, label: string): MenuEntry {
  return { command, label: `$(${icon}) ${label}` };
}
