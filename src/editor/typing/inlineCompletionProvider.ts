import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Clock } from '../../completion/clock.ts';
import type { Completion, CompletionResult } from '../../completion/completion.ts';
import type { Completer } from '../../completion/completer.ts';
import type { WantedPlace } from '../../completion/wantedPlace.ts';
import type { EditorEvent } from '../../feedback/following/editorEvent.ts';
import { sentence } from '../../sentences/sentence.ts';
import type { Alternatives } from './alternatives.ts';
import { noteCommands } from '../commands.ts';
import { askedAt, placeAt } from './documentPlace.ts';
import { reportOf, type Logger } from '../logger.ts';
import { extendsSelected } from './selectedEntry.ts';
import { whyNotCompleted } from './whyNotCompleted.ts';

/** What the provider is made of. */
export interface ProviderOptions {
  readonly completer: Completer;
  readonly alternatives: Pick<Alternatives, 'with' | 'standingId'>;
  /** Told before the model is asked, so that training makes way. */
  readonly noteCompletionWanted: () => void;
  readonly clock: Clock;
  /** Takes what was offered, or why nothing was. */
  readonly hear: (event: EditorEvent) => void;
  readonly log: Logger;
}

/** Ghost text for VS Code: asks the completer, and says what it offered. Never throws. */
export class AttuneInlineCompletionProvider implements vscode.InlineCompletionItemProvider {
  readonly #options: ProviderOptions;

  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    if (whyNotCompleted(document) !== undefined) return [];
    const trigger = triggerOf(context);
    if (trigger === 'automatic' && isCursorTaken(document)) return this.#hide(document);
    const abort = new AbortController();
    const cancelling = token.onCancellationRequested(() => abort.abort());
    try {
      return await this.#provide({ document, position, context, trigger }, abort.signal);
    } catch (error) {
      this.#options.log.error(sentence`No completion: ${reportOf(error)}`);
      return this.#hide(document);
    } finally {
      cancelling.dispose();
    }
  }

  async #provide({ document, position, context, trigger }: Asked, signal: AbortSignal) {
    const { completer, noteCompletionWanted, alternatives } = this.#options;
    const place = { ...placeAt(document, position, trigger), standingId: alternatives.standingId };
    const { version } = document;
    if (completer.isWantedAt(place)) noteCompletionWanted();
    const written = await completer.completeAt(place, signal);
    // VS Code may not have cancelled it yet, but what it was for is gone: the next request is on its way.
    const result = document.version === version ? written : cancelled(written);
    if (result.kind === 'completion' && !isShowable(result, document, context)) return this.#hide(document);
    const isStanding = result.kind === 'completion' && trigger === 'invoked';
    const items = isStanding ? await this.#withOthers(result, place, signal) : [result];
    // The next key came while others were written: its request tells what stands by now.
    if (isStanding && signal.aborted) return [];
    this.#report(place, result);
    return items.flatMap((item) => (item.kind === 'completion' ? [toItem(item, position)] : []));
  }

  /** What stands stays alone where no others can be written. */
  async #withOthers(standing: Completion, place: WantedPlace, signal: AbortSignal) {
    const { alternatives, log } = this.#options;
    try {
      return await alternatives.with(standing, place, signal);
    } catch (error) {
      if (!signal.aborted) log.warn(sentence`No other completions: ${reportOf(error)}`);
      return [standing];
    }
  }

  /** Gives nothing, and says that what was given before is off the screen with it. */
  #hide({ uri }: vscode.TextDocument): [] {
    const { clock, hear } = this.#options;
    hear({ kind: 'hidden', atMs: clock.nowMs(), documentUri: uri.toString() });
    return [];
  }

  #report(place: WantedPlace, result: CompletionResult): void {
    const { clock, hear } = this.#options;
    const asked = askedAt(place, clock.nowMs());
    if (result.kind === 'completion') hear({ kind: 'offered', ...asked, completion: result });
    else hear({ kind: 'notOffered', ...asked, noCompletion: result });
  }
}

interface Asked {
  readonly document: vscode.TextDocument;
  readonly position: vscode.Position;
  readonly context: vscode.InlineCompletionContext;
  readonly trigger: WantedPlace['trigger'];
}

function triggerOf({ triggerKind }: vscode.InlineCompletionContext): WantedPlace['trigger'] {
  return triggerKind === vscode.InlineCompletionTriggerKind.Invoke ? 'invoked' : 'automatic';
}

function cancelled({ id }: CompletionResult): CompletionResult {
  return { kind: 'none', id, reason: 'cancelled' };
}

/**
 * Ghost text at one cursor says nothing about the others, and whoever has selected something is about
 * to do something with that.
 */
function isCursorTaken(document: vscode.TextDocument): boolean {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document !== document) return false;
  return editor.selections.length > 1 || !editor.selection.isEmpty;
}

function isShowable(
  { text }: Completion,
  document: vscode.TextDocument,
  { selectedCompletionInfo: selected }: vscode.InlineCompletionContext,
): boolean {
  if (selected === undefined) return true;
  const replacedBefore = document.getText(selected.range);
  return extendsSelected(text, { text: selected.text, replacedBefore });
}

function toItem(
  { id, text, replacedChars }: Completion,
  position: vscode.Position,
): vscode.InlineCompletionItem {
  const range = new vscode.Range(position, position.translate(0, replacedChars));
  const command = {
    command: noteCommands.accepted,
    title: l10n.t('Note that it was accepted'),
    arguments: [id],
  };
  return new vscode.InlineCompletionItem(text, range, command);
}
