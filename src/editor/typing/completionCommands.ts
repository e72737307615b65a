import * as vscode from 'vscode';
import type { Clock } from '../../completion/clock.ts';
import type { CompletionId } from '../../completion/completion.ts';
import type { EditorEvent } from '../../feedback/following/editorEvent.ts';
import { noteCommands, type CommandId } from '../commands.ts';
import type { Actions, Notices } from '../notices.ts';
import { runCommand } from '../runCommand.ts';
import type { SessionOffers } from './sessionOffers.ts';
import { remedyTitle, standstillOf, type StatusFacts } from '../status/statusText.ts';
import { whyNotCompletedAt } from './whyNotCompleted.ts';

type Part = Extract<EditorEvent, { kind: 'acceptCommand' }>['part'];

/** What the commands around completions need. */
export interface CompletionCommandOptions {
  readonly offers: Pick<SessionOffers, 'lastId'>;
  readonly hear: (event: EditorEvent) => void;
  readonly clock: Clock;
  readonly notices: Pick<Notices, 'tell'>;
  readonly statusFacts: () => StatusFacts;
}

/**
 * The commands that take or dismiss the completion on the screen: VS Code's own, then a note of what
 * was done. The text of the document decides in the end; the note says what was meant.
 */
export class CompletionCommands {
  readonly #options: CompletionCommandOptions;

  constructor(options: CompletionCommandOptions) {
    this.#options = options;
  }

  /** The whole completion; its own command notes it. */
  readonly accept = async (): Promise<void> => {
    await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
  };

  readonly acceptWord = async (): Promise<void> => {
    await vscode.commands.executeCommand('editor.action.inlineSuggest.acceptNextWord');
    this.noteAcceptedPart('word');
  };

  readonly acceptLine = async (): Promise<void> => {
    await vscode.commands.executeCommand('editor.action.inlineSuggest.acceptNextLine');
    this.noteAcceptedPart('line');
  };

  readonly dismiss = async (): Promise<void> => {
    await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
    this.noteDismissed();
  };

  /** Where nothing can come of it VS Code's command is silent, so that is said here. */
  readonly trigger = async (): Promise<void> => {
    const { notices, statusFacts } = this.#options;
    const facts = statusFacts();
    const standstill = standstillOf(facts);
    const whyNot = whyNotCompletedAt(vscode.window.activeTextEditor);
    if (standstill !== undefined)
      notices.tell('info', standstill.sentence, actionsOf(standstill.remedies, facts));
    else if (whyNot !== undefined) notices.tell('info', whyNot);
    else await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  };

  readonly noteAcceptedPart = (part: Part, completionId = this.#options.offers.lastId): void => {
    const documentUri = vscode.window.activeTextEditor?.document.uri.toString();
    if (completionId === undefined || documentUri === undefined) return;
    const { hear, clock } = this.#options;
    hear({ kind: 'acceptCommand', atMs: clock.nowMs(), documentUri, completionId, part });
  };

  readonly noteDismissed = (): void => {
    const documentUri = vscode.window.activeTextEditor?.document.uri.toString();
    if (documentUri === undefined) return;
    this.#options.hear({ kind: 'dismissCommand', atMs: this.#options.clock.nowMs(), documentUri });
  };
}

/** Buttons for the commands that help. */
function actionsOf(remedies: readonly CommandId[], facts: StatusFacts): Actions {
  return Object.fromEntries(remedies.map((id) => [remedyTitle(id, facts), () => runCommand(id)]));
}

/** Registers what VS Code runs behind a completion that was taken or dismissed. */
export function registerNotes(commands: CompletionCommands): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(noteCommands.accepted, (id: CompletionId) => {
      commands.noteAcceptedPart('all', id);
    }),
    vscode.commands.registerCommand(noteCommands.wordAccepted, () => {
      commands.noteAcceptedPart('word');
    }),
    vscode.commands.registerCommand(noteCommands.lineAccepted, () => {
      commands.noteAcceptedPart('line');
    }),
    vscode.commands.registerCommand(noteCommands.dismissed, commands.noteDismissed),
  );
}
