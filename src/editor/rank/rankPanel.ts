import { randomUUID } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Clock } from '../../completion/clock.ts';
import type { Alternative, AlternativesRequest, CompletionId } from '../../completion/completion.ts';
import type { Completer } from '../../completion/completer.ts';
import type { WantedPlace } from '../../completion/wantedPlace.ts';
import { isSameCursor } from '../../completion/typing/typingAlong.ts';
import type { StoredRecord } from '../../feedback/completionRecord.ts';
import type { EditorEvent } from '../../feedback/following/editorEvent.ts';
import type { ScreenedSink } from '../../feedback/storing/screenedSink.ts';
import { whyDocumentNotStorable, type StorageRules } from '../../feedback/storing/storable.ts';
import type { EngineClient } from '../../process/clients.ts';
import { notStorableWords } from '../../process/notStorableWords.ts';
import { sentenceOf } from '../../sentences/foreseenError.ts';
import { told } from '../../sentences/told.ts';
import { alternativesRequest } from '../typing/alternativesRequest.ts';
import { indented } from './dedent.ts';
import { askedAt, isOurs, placeAt } from '../typing/documentPlace.ts';
import { insertAlternative, type InsertingWatch } from './insertAlternative.ts';
import { instructionFor } from './instructionFor.ts';
import type { LearnHere } from '../stored/learnHere.ts';
import { reportOf, type Logger } from '../logger.ts';
import {
  toExtensionSchema,
  type RankingAnswer,
  type ShownAlternative,
  type ShownPlace,
  type ToExtension,
  type ToPage,
} from './rankMessages.ts';
import { rankViewId } from './rankView.ts';
import {
  ownTextRecord,
  rankingRecord,
  savedSentence,
  Slots,
  type Displayed,
  type RankingRound,
} from './ranking.ts';
import type { Settings } from '../settings/settings.ts';
import { shownPlaceOf } from './shownPlace.ts';
import { typeCheckOf, whyTypesUnchecked } from './typeErrors.ts';
import { fillPage, pageOptions } from '../webviewPage.ts';

/** Where rankings go, and what may go there. */
export interface RankingFeedback {
  /** Hears what becomes of an alternative in its document, as of any completion. */
  handle(event: EditorEvent): void;
  /** The store behind its screen; undefined while nothing may or can be stored. */
  sink(): Pick<ScreenedSink, 'addAnswer'> | undefined;
  storageRules(): StorageRules;
}

/** What the panel needs. */
export interface RankPanelOptions {
  readonly extensionUri: vscode.Uri;
  readonly engine: Pick<EngineClient, 'alternatives'>;
  readonly completer: Pick<Completer, 'knownAt' | 'noteOthersWanted' | 'shownAt'>;
  /** Told before the model is asked and while it writes, so that training makes way. */
  readonly noteCompletionWanted: () => void;
  readonly feedback: RankingFeedback;
  readonly learnHere: Pick<LearnHere, 'isSettled' | 'isAllowed'>;
  /** Fires, among others, when the user said whether Attune may learn here. */
  readonly changed: { readonly event: (listener: () => void) => { dispose(): unknown } };
  readonly settings: {
    readonly value: Settings;
    readonly onChanged: (listener: () => void) => { dispose(): unknown };
  };
  readonly clock: Clock;
  readonly log: Logger;
  readonly onChanged: () => void;
}

/** As many as fit beside an editor and still can be held against each other. Copilot's panel has ten. */
const alternativeCount = 5;

/** What was asked for is longer than what the text goes on with, so there are fewer of it. */
const askedCount = 3;

/** A function of some thirty lines. */
const maxAskedTokens = 256;

/** What is being ranked, and where. */
interface OpenRound extends RankingRound {
  readonly number: number;
  readonly place: WantedPlace;
  /** Absent where the text itself is gone on with. */
  readonly instruction?: string | undefined;
  readonly known: KnownAlternatives;
  /** How the page names the place. */
  readonly shownPlace: ShownPlace;
  /** Why nothing of the file may be stored; absent when it may. */
  readonly whyFileNotStored: string | undefined;
}

/** What is known of a place before it is asked for alternatives. */
type KnownAlternatives = Pick<AlternativesRequest, 'first' | 'seen'>;

/** The side panel 'Rank Alternatives'. */
export class RankPanel implements vscode.WebviewViewProvider {
  readonly #options: RankPanelOptions;
  #view: vscode.WebviewView | undefined;
  #shown: ToPage = { kind: 'idle' };
  #round: OpenRound | undefined;
  /** Of what was asked last. */
  #instruction: string | undefined;
  #roundCount = 0;
  #asking = new AbortController();
  /** While an answer is stored, a second click gives none. */
  #isSaving = false;
  readonly #listening: readonly { dispose(): unknown }[];

  constructor(options: RankPanelOptions) {
    this.#options = options;
    const show = (): void => this.#showWhetherStored();
    this.#listening = [options.changed.event(show), options.settings.onChanged(show)];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extensionUri } = this.#options;
    this.#view = view;
    view.webview.options = pageOptions(extensionUri);
    view.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message));
    view.onDidDispose(() => (this.#view = undefined));
    fillPage(view.webview, extensionUri, { name: 'rankAlternatives', title: l10n.t('Rank Alternatives') });
  }

  /** The command 'Rank Alternatives': opens the panel and asks for alternatives at the cursor. */
  readonly rankAtCursor = async (): Promise<void> => {
    const editor = vscode.window.activeTextEditor;
    // A view that opens takes longer than a short alternative.
    await Promise.all([this.#ask(editor), focusView()]);
  };

  /** The command 'Ask for Code': opens the panel with code for an instruction. */
  readonly askForCode = async (): Promise<void> => {
    const editor = vscode.window.activeTextEditor;
    const instruction = editor && (await instructionFor(editor));
    // Without an editor the panel says what to do; in one, who says nothing wants nothing.
    if (editor !== undefined && instruction === undefined) return;
    await Promise.all([this.#ask(editor, instruction), focusView()]);
  };

  dispose(): void {
    for (const one of this.#listening) one.dispose();
    this.#asking.abort();
  }

  /** The fence of the panel: what goes wrong is shown in it. */
  async #receive(message: unknown): Promise<void> {
    try {
      await this.#answer(toExtensionSchema.parse(message));
    } catch (error) {
      this.#options.log.error(reportOf(error));
      this.#show({ kind: 'failed', message: told(sentenceOf(error)) });
    }
  }

  async #answer(message: ToExtension): Promise<void> {
    if (message.kind === 'ready') this.#show(this.#shown);
    else if (message.kind === 'ask') await this.#askAgain();
    else if (this.#round?.number !== message.round) return;
    else if (message.kind === 'insert') await this.#insert(this.#round, message.index);
    else await this.#save(this.#round, message.answer);
  }

  /** The same anew; whoever has ranked that is done with its instruction, and asks for what the text goes on with. */
  async #askAgain(): Promise<void> {
    const instruction = this.#shown.kind === 'saved' ? undefined : this.#instruction;
    await this.#ask(vscode.window.activeTextEditor, instruction);
  }

  async #ask(editor: vscode.TextEditor | undefined, instruction?: string): Promise<void> {
    this.#instruction = instruction;
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    if (editor === undefined || !isOurs(editor.document)) {
      this.#show({ kind: 'nothing', message: l10n.t('Put the cursor where you want code, then ask again.') });
      return;
    }
    const place = placeAt(editor.document, editor.selection.active, 'invoked');
    const known = this.#knownAt(place, instruction);
    const number = (this.#roundCount += 1);
    const shownPlace = shownPlaceOf(place, editor, instruction);
    this.#show({ kind: 'asking', round: number, place: shownPlace });
    try {
      const whyFileNotStored = await this.#whyFileNotStored(place.documentUri);
      if (!signal.aborted)
        await this.#fill({ number, place, instruction, known, shownPlace, whyFileNotStored }, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#options.log.error(reportOf(error));
      this.#show({ kind: 'failed', message: told(sentenceOf(error)) });
    }
  }

  /** Opens a round with the first alternative that is written, and shows the others as they come. */
  async #fill(opening: Omit<OpenRound, 'asked' | 'slots'>, signal: AbortSignal): Promise<void> {
    const { place, instruction } = opening;
    const request = this.#requestAt(opening);
    const asked = {
      ...askedAt(place, this.#options.clock.nowMs()),
      ...(instruction === undefined ? {} : { instruction }),
    };
    const round = { ...opening, asked, slots: new Slots(request.count, Math.random) };
    const { engine, noteCompletionWanted } = this.#options;
    noteCompletionWanted();
    const take = (alternative: Alternative): void => {
      noteCompletionWanted();
      if (round.slots.add(alternative)) void this.#checkTypes(round, alternative, signal);
    };
    const all = await engine.alternatives(request, signal, (alternative) => {
      if (signal.aborted) return;
      take(alternative);
      this.#showRound(round, true);
    });
    if (signal.aborted) return;
    for (const one of all) take(one);
    this.#showRound(round, false);
  }

  /** Shows what an alternative does to the types of its document, once that is known. */
  async #checkTypes(round: OpenRound, alternative: Alternative, signal: AbortSignal): Promise<void> {
    if (whyTypesUnchecked(round.place.languageId) !== undefined) return;
    const types = await typeCheckOf(round.place, alternative, this.#options.log);
    if (signal.aborted || this.#shown.kind !== 'alternatives') return;
    round.slots.noteTypes(alternative, types);
    this.#showRound(round, this.#shown.isWriting);
  }

  #showRound(round: OpenRound, isWriting: boolean): void {
    const { number, shownPlace, known, whyFileNotStored, slots } = round;
    this.#round = round;
    if (slots.isEmpty) {
      const message =
        (known.seen ?? []).length === 0
          ? l10n.t('The model has nothing to offer here. A line’s end is the best place to ask.')
          : l10n.t('Attune has no other completion here.');
      this.#show({ kind: 'nothing', message });
      return;
    }
    this.#show({
      kind: 'alternatives',
      round: number,
      place: shownPlace,
      alternatives: slots.displayed.map((one) => (one === undefined ? null : shownOf(one))),
      isWriting,
      whyNotStored: this.#whyNotLearned() ?? whyFileNotStored,
      whyTypesUnchecked: whyTypesUnchecked(shownPlace.languageId),
    });
  }

  /** The completion that the place has by now, to be shown at once; for who asks again, what they have seen. */
  #knownAt(place: WantedPlace, instruction: string | undefined): KnownAlternatives {
    const { completer } = this.#options;
    completer.noteOthersWanted();
    const last = this.#round;
    if (last !== undefined && last.instruction === instruction && isSameCursor(last.place, place))
      return { seen: last.slots.displayed.flatMap((one) => (one === undefined ? [] : [seenOf(one)])) };
    const known = instruction === undefined ? completer.knownAt(place) : undefined;
    return known?.kind === 'completion' ? { first: known } : {};
  }

  #requestAt({
    place,
    instruction,
    known,
  }: Pick<OpenRound, 'place' | 'instruction' | 'known'>): AlternativesRequest {
    const { maxPromptTokens, ...limits } = this.#options.settings.value;
    const maxNewTokens = instruction === undefined ? limits.maxNewTokens : maxAskedTokens;
    const count = instruction === undefined ? alternativeCount : askedCount;
    const id = randomUUID() as CompletionId;
    const atMs = this.#options.clock.nowMs();
    const shown = this.#options.completer.shownAt(place);
    return alternativesRequest(place, {
      ...{ ...known, ...shown },
      ...{ id, count, atMs, instruction, maxPromptTokens, maxNewTokens },
    });
  }

  /** The user may say whether Attune may learn here while they look at a round, also by the settings. */
  #showWhetherStored(): void {
    if (this.#round === undefined || this.#shown.kind !== 'alternatives') return;
    const why = this.#whyNotLearned() ?? this.#round.whyFileNotStored;
    if (why !== this.#shown.whyNotStored) this.#showRound(this.#round, this.#shown.isWriting);
  }

  /** Why nothing of this workspace is stored now; undefined when it is. The store was opened before the panel. */
  #whyNotLearned(): string | undefined {
    const { feedback, learnHere } = this.#options;
    if (feedback.sink() !== undefined) return undefined;
    if (!learnHere.isSettled)
      return l10n.t(
        'You have not said yet whether Attune may learn in this workspace; until then a ranking here is not kept.',
      );
    return learnHere.isAllowed()
      ? l10n.t('There is no feedback store in this session, so a ranking here is not kept; the log says why.')
      : l10n.t('Attune does not learn in this workspace, so a ranking here is not kept.');
  }

  async #whyFileNotStored(documentUri: string): Promise<string | undefined> {
    const { feedback } = this.#options;
    const reason = await whyDocumentNotStorable(documentUri, feedback.storageRules());
    return reason === undefined
      ? undefined
      : l10n.t(
          'Nothing of this file is stored ({0}), so a ranking here is not kept.',
          notStorableWords(reason),
        );
  }

  /** Puts an alternative where it was asked for; where that cannot be, the form stays as it is and says why. */
  async #insert(round: OpenRound, index: number): Promise<void> {
    const chosen = round.slots.displayed[index]?.alternative;
    if (chosen === undefined) return;
    const inserting = this.#acceptanceOf(round, chosen);
    const whyNot = await this.#whyNot(() => insertAlternative(round.place, chosen, inserting));
    if (whyNot !== undefined) this.#tell({ kind: 'notDone', round: round.number, message: whyNot });
  }

  /**
   * Who inserts an alternative accepts it: its text is followed from then on as that of any completion. Of the
   * others, which may not have been read, that says nothing.
   */
  #acceptanceOf({ asked }: OpenRound, completion: Alternative): InsertingWatch {
    const { feedback, clock } = this.#options;
    const now = () => ({ documentUri: asked.documentUri, atMs: clock.nowMs() });
    return {
      onInserting: () => {
        feedback.handle({ kind: 'offered', ...asked, ...now(), completion });
        feedback.handle({ kind: 'acceptCommand', ...now(), completionId: completion.id, part: 'all' });
      },
      onRefused: () => feedback.handle({ kind: 'hidden', ...now() }),
    };
  }

  /** Stores an answer; where that cannot be, its form stays as it is and says why. */
  async #save(round: OpenRound, given: RankingAnswer): Promise<void> {
    if (this.#isSaving) return;
    const asking = this.#asking;
    const answer = { ...given, ownText: inItsPlace(given.ownText, round) };
    const records = recordsOf(round, answer);
    this.#isSaving = true;
    const whyNot = await this.#whyNot(() => this.#store(records));
    this.#isSaving = false;
    if (whyNot !== undefined) {
      this.#tell({ kind: 'notDone', round: round.number, message: whyNot });
      return;
    }
    this.#options.onChanged();
    // Who has asked anew meanwhile looks at other alternatives.
    if (asking !== this.#asking) return;
    asking.abort();
    this.#show({ kind: 'saved', round: round.number, message: savedSentence(answer) });
  }

  /** Stores an answer's records; gives why that was not done, if it was not. */
  async #store(records: readonly StoredRecord[]): Promise<string | undefined> {
    const sink = this.#options.feedback.sink();
    if (sink === undefined) return this.#whyNotLearned();
    const reason = await sink.addAnswer(records);
    return reason === undefined ? undefined : l10n.t('Not stored: {0}.', notStorableWords(reason));
  }

  /** Does something for the form; gives why it was not done, also where it failed. */
  async #whyNot(doing: () => Promise<string | undefined>): Promise<string | undefined> {
    try {
      return await doing();
    } catch (error) {
      this.#options.log.error(reportOf(error));
      return told(sentenceOf(error));
    }
  }

  #show(message: ToPage): void {
    this.#shown = message;
    this.#tell(message);
  }

  #tell(message: ToPage): void {
    void this.#view?.webview.postMessage(message);
  }
}

function recordsOf(round: OpenRound, answer: RankingAnswer): StoredRecord[] {
  const ranking = rankingRecord(round, answer, randomUUID());
  const ownText = ownTextRecord(round, answer, randomUUID());
  return [
    ...(ranking === undefined ? [] : [{ kind: 'ranking', record: ranking } as const]),
    ...(ownText === undefined ? [] : [{ kind: 'demonstration', record: ownText } as const]),
  ];
}

function focusView(): Thenable<unknown> {
  return vscode.commands.executeCommand(`${rankViewId}.focus`);
}

/** The user's own text with the indentation of its place, which the page shows no code with. */
function inItsPlace(ownText: string, { shownPlace: { lineBefore }, slots }: OpenRound): string {
  return indented(ownText, lineBefore, [
    ...vscode.workspace.textDocuments.filter(isOurs).map((document) => document.getText()),
    ...slots.displayed.flatMap((one) => (one === undefined ? [] : [lineBefore + one.alternative.text])),
  ]);
}

function seenOf({ alternative: { text, replacedChars } }: Displayed) {
  return { text, replacedChars };
}

function shownOf({ alternative: { text, replacedChars, findings }, types }: Displayed): ShownAlternative {
  return { text, replacedChars, findings, types };
}
