import * as l10n from '@vscode/l10n';

/** What package.json says of one command. */
export interface CommandInfo {
  readonly title: string;
  /** A codicon, for commands that are also buttons. */
  readonly icon?: string;
  /** Absent in the command palette: it only makes sense while a completion is on the screen. */
  readonly isHidden?: true;
}

/** Every command of Attune by its id. package.json repeats this table, and a test compares the two. */
export const commandTable = {
  'attune.retrain': { title: l10n.t('Retrain Assistant'), icon: '$(mortar-board)' },
  'attune.showLearningReport': { title: l10n.t('Show Learning Report') },
  'attune.showBeforeAfter': { title: l10n.t('Show Before and After Feedback') },
  'attune.rollBack': { title: l10n.t('Roll Back Adapter') },
  'attune.exportAdapter': { title: l10n.t('Export Adapter…') },
  'attune.importAdapter': { title: l10n.t('Import Adapter…') },
  'attune.trainOnCluster': { title: l10n.t('Train on a Cluster…') },
  'attune.forgetClusterToken': { title: l10n.t('Forget the Token of a Cluster') },
  'attune.rankAlternatives': { title: l10n.t('Rank Alternatives'), icon: '$(list-ordered)' },
  'attune.ask': { title: l10n.t('Ask for Code'), icon: '$(comment)' },
  'attune.trigger': { title: l10n.t('Trigger Completion') },
  'attune.accept': { title: l10n.t('Accept Completion'), isHidden: true },
  'attune.acceptWord': { title: l10n.t('Accept Next Word of Completion'), isHidden: true },
  'attune.acceptLine': { title: l10n.t('Accept Next Line of Completion'), isHidden: true },
  'attune.showNext': { title: l10n.t('Show Next Completion'), isHidden: true },
  'attune.showPrevious': { title: l10n.t('Show Previous Completion'), isHidden: true },
  'attune.dismiss': { title: l10n.t('Dismiss Completion'), isHidden: true },
  'attune.toggle': { title: l10n.t('Enable or Disable') },
  'attune.toggleLanguage': { title: l10n.t('Enable or Disable for This Language') },
  'attune.chooseShow': { title: l10n.t('Choose When to Offer') },
  'attune.snooze': { title: l10n.t('Snooze') },
  'attune.endSnooze': { title: l10n.t('End Snooze') },
  'attune.chooseModel': { title: l10n.t('Choose Model') },
  'attune.startEngine': { title: l10n.t('Start Model') },
  'attune.showData': { title: l10n.t('Show What Is Stored') },
  'attune.exportFeedback': { title: l10n.t('Export Feedback') },
  'attune.importFeedback': { title: l10n.t('Import Feedback') },
  'attune.forgetFile': { title: l10n.t('Forget This File') },
  'attune.forgetEverything': { title: l10n.t('Forget Everything') },
  'attune.toggleLearnHere': { title: l10n.t('Learn in This Workspace or Not') },
  'attune.showDiagnostics': { title: l10n.t('Show Diagnostics') },
  'attune.showLog': { title: l10n.t('Show Log') },
  'attune.showMenu': { title: l10n.t('Show Menu') },
} as const satisfies Readonly<Record<`attune.${string}`, CommandInfo>>;

/** The id of a command of Attune. */
export type CommandId = keyof typeof commandTable;

/**
 * Commands that only VS Code runs for Attune: behind a completion that was accepted as a whole, and
 * behind VS Code's own commands in the key bindings below. They are in no menu.
 */
export const noteCommands = {
  accepted: 'attune.note.accepted',
  wordAccepted: 'attune.note.wordAccepted',
  lineAccepted: 'attune.note.lineAccepted',
  dismissed: 'attune.note.dismissed',
} as const;

/** True once the note commands exist; without them the key bindings below would end in an error. */
export const listeningContext = 'attune.isListening';

/** What package.json says of one key binding. */
export interface KeyBinding {
  readonly command: 'runCommands' | CommandId;
  readonly key: string;
  readonly mac?: string;
  readonly when: string;
  readonly args?: { readonly commands: readonly string[] };
}

const stepCondition = `${listeningContext} && inlineSuggestionVisible && !editorReadonly`;

/**
 * The keys that tell Attune what was done with a completion, and those that ask it for others. The former
 * run VS Code's own command first, in the window itself, and then a note to us: the key is as quick as
 * without Attune, under the conditions that VS Code has for it (1.139), and works the same for completions
 * of others.
 *
 * Tab is not among them. It stays VS Code's own, with VS Code's own guard, because a completion that
 * is accepted as a whole runs its note anyway (`InlineCompletionItem.command`). For the next and the
 * previous one there is mostly nothing yet that VS Code could show at once: it is written first.
 */
export const keyBindings: readonly KeyBinding[] = [
  {
    command: 'runCommands',
    key: 'ctrl+right',
    mac: 'cmd+right',
    when: `${listeningContext} && inlineSuggestionVisible && cursorBeforeGhostText && !editorReadonly && !accessibilityModeEnabled`,
    args: { commands: ['editor.action.inlineSuggest.acceptNextWord', noteCommands.wordAccepted] },
  },
  {
    command: 'runCommands',
    // VS Code has no key for this, and in editors nothing on Alt+End.
    key: 'alt+end',
    when: `${stepCondition} && cursorBeforeGhostText`,
    args: { commands: ['editor.action.inlineSuggest.acceptNextLine', noteCommands.lineAccepted] },
  },
  {
    command: 'runCommands',
    key: 'escape',
    // What has Escape before ghost text in VS Code keeps it, and so does Vim's insert mode.
    when: `${listeningContext} && inlineSuggestionVisible && editorTextFocus && !suggestWidgetVisible && !vim.active`,
    args: { commands: ['editor.action.inlineSuggest.hide', noteCommands.dismissed] },
  },
  // Beside Alt+\, by which VS Code asks for a completion.
  { command: 'attune.rankAlternatives', key: 'shift+alt+\\', when: 'editorTextFocus && !editorReadonly' },
  { command: 'attune.showNext', key: 'alt+]', when: stepCondition },
  { command: 'attune.showPrevious', key: 'alt+[', when: stepCondition },
];
