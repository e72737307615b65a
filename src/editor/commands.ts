import * as l10n from '@vscode/l10n';

/** The title of every command of Attune by its id. A test holds them together with package.json. */
export const commandTitles = {
  'attune.retrain': l10n.t('Retrain Assistant'),
  'attune.stopRetraining': l10n.t('Stop Retraining'),
  'attune.showLearningReport': l10n.t('Show Learning Report'),
  'attune.showBeforeAfter': l10n.t('Show Before and After Feedback'),
  'attune.rollBack': l10n.t('Roll Back Adapter'),
  'attune.exportAdapter': l10n.t('Export Adapter…'),
  'attune.importAdapter': l10n.t('Import Adapter…'),
  'attune.trainOnCluster': l10n.t('Train on a Cluster…'),
  'attune.forgetClusterToken': l10n.t('Forget the Token of a Cluster'),
  'attune.rankAlternatives': l10n.t('Rank Alternatives'),
  'attune.ask': l10n.t('Ask for Code'),
  'attune.trigger': l10n.t('Trigger Completion'),
  'attune.accept': l10n.t('Accept Completion'),
  'attune.acceptWord': l10n.t('Accept Next Word of Completion'),
  'attune.acceptLine': l10n.t('Accept Next Line of Completion'),
  'attune.showNext': l10n.t('Show Next Completion'),
  'attune.showPrevious': l10n.t('Show Previous Completion'),
  'attune.dismiss': l10n.t('Dismiss Completion'),
  'attune.toggle': l10n.t('Enable or Disable'),
  'attune.toggleLanguage': l10n.t('Enable or Disable for This Language'),
  'attune.chooseShow': l10n.t('Choose When to Offer'),
  'attune.snooze': l10n.t('Snooze'),
  'attune.endSnooze': l10n.t('End Snooze'),
  'attune.chooseModel': l10n.t('Choose Model'),
  'attune.startEngine': l10n.t('Start Model'),
  'attune.showData': l10n.t('Show What Is Stored'),
  'attune.exportFeedback': l10n.t('Export Feedback'),
  'attune.importFeedback': l10n.t('Import Feedback'),
  'attune.forgetFile': l10n.t('Forget This File'),
  'attune.forgetEverything': l10n.t('Forget Everything'),
  'attune.toggleLearnHere': l10n.t('Learn in This Workspace or Not'),
  'attune.showDiagnostics': l10n.t('Show Diagnostics'),
  'attune.showLog': l10n.t('Show Log'),
  'attune.showMenu': l10n.t('Show Menu'),
} as const satisfies Readonly<Record<`attune.${string}`, string>>;

/** The id of a command of Attune. */
export type CommandId = keyof typeof commandTitles;

/**
 * Commands that only VS Code runs for Attune; they are in no menu. They note what was done with a completion: behind one
 * that was accepted as a whole, and in the key bindings of package.json behind VS Code's own command, which runs first and in
 * the window itself. So a key is as quick as without Attune, under the conditions that VS Code has for it (1.139), and works
 * the same for completions of others.
 *
 * - Tab is not among the keys. It stays VS Code's own, with VS Code's own guard, because a completion that is accepted
 *   as a whole runs its note anyway (`InlineCompletionItem.command`).
 * - For the next line VS Code has no key, and in editors nothing on Alt+End.
 * - What has Escape before ghost text in VS Code keeps it, and so does Vim's insert mode.
 * - For the next and the previous completion there is mostly nothing yet that VS Code could show at once: it is written
 *   first, by commands of the table above. So are alternatives to rank, by the key beside Alt+\, with which VS Code
 *   asks for a completion.
 */
export const noteCommands = {
  accepted: 'attune.note.accepted',
  wordAccepted: 'attune.note.wordAccepted',
  lineAccepted: 'attune.note.lineAccepted',
  dismissed: 'attune.note.dismissed',
} as const;

/** True once the note commands exist; without them those key bindings would end in an error. */
export const listeningContext = 'attune.isListening';
