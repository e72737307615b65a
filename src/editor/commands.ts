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
  'attune.retrain': { title: 'Retrain Assistant', icon: '$(mortar-board)' },
  'attune.showLearningReport': { title: 'Show Learning Report' },
  'attune.showBeforeAfter': { title: 'Show Before and After Feedback' },
  'attune.rollBack': { title: 'Roll Back Adapter' },
  'attune.exportAdapter': { title: 'Export Adapter…' },
  'attune.importAdapter': { title: 'Import Adapter…' },
  'attune.rankAlternatives': { title: 'Rank Alternatives', icon: '$(list-ordered)' },
  'attune.ask': { title: 'Ask for Code', icon: '$(comment)' },
  'attune.trigger': { title: 'Trigger Completion' },
  'attune.accept': { title: 'Accept Completion', isHidden: true },
  'attune.acceptWord': { title: 'Accept Next Word of Completion', isHidden: true },
  'attune.acceptLine': { title: 'Accept Next Line of Completion', isHidden: true },
  'attune.showNext': { title: 'Show Next Completion', isHidden: true },
  'attune.showPrevious': { title: 'Show Previous Completion', isHidden: true },
  'attune.dismiss': { title: 'Dismiss Completion', isHidden: true },
  'attune.toggle': { title: 'Enable or Disable' },
  'attune.toggleLanguage': { title: 'Enable or Disable for This Language' },
  'attune.chooseShow': { title: 'Choose When to Offer' },
  'attune.snooze': { title: 'Snooze' },
  'attune.endSnooze': { title: 'End Snooze' },
  'attune.chooseModel': { title: 'Choose Model' },
  'attune.startEngine': { title: 'Start Model' },
  'attune.showData': { title: 'Show What Is Stored' },
  'attune.exportFeedback': { title: 'Export Feedback' },
  'attune.importFeedback': { title: 'Import Feedback' },
  'attune.forgetFile': { title: 'Forget This File' },
  'attune.forgetEverything': { title: 'Forget Everything' },
  'attune.toggleLearnHere': { title: 'Learn in This Workspace or Not' },
  'attune.showDiagnostics': { title: 'Show Diagnostics' },
  'attune.showLog': { title: 'Show Log' },
  'attune.showMenu': { title: 'Show Menu' },
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
 * The keys that tell Attune what was done with a completion. Each runs VS Code's own command first,
 * in the window itself, and then a note to us: the key is as quick as without Attune, under the
 * conditions that VS Code has for it (1.139), and works the same for completions of others.
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
    key: 'escape',
    // What has Escape before ghost text in VS Code keeps it, and so does Vim's insert mode.
    when: `${listeningContext} && inlineSuggestionVisible && editorTextFocus && !suggestWidgetVisible && !vim.active`,
    args: { commands: ['editor.action.inlineSuggest.hide', noteCommands.dismissed] },
  },
  { command: 'attune.showNext', key: 'alt+]', when: stepCondition },
  { command: 'attune.showPrevious', key: 'alt+[', when: stepCondition },
];
