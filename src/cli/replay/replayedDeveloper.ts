import type {
  Completion,
  CompletionLimits,
  CompletionRequest,
  CompletionResult,
} from '../../completion/completion.ts';
import type { Completer } from '../../completion/completer.ts';
import { naturalPauses } from '../../completion/asking/naturalPauses.ts';
import type { VirtualClock } from '../../completion/virtualClock.ts';
import { RandomStream } from '../../engine/random.ts';
import type { RankingRecord } from '../../feedback/completionRecord.ts';
import type { PolicyId } from '../../engine/policy.ts';
import { acceptedPart, type AcceptedPart } from '../../trainer/data/acceptedPart.ts';
import type { ReplayEditor } from './replayEditor.ts';
import { acceptSteps, rankByTruth } from './truth.ts';
import { linesOf, type TypedDocument } from './typedWork.ts';

/** Where the developer asks the policy. */
export type Asking =
  /** Once in a share of the typed lines, at one of the line's natural pauses. */
  | { readonly kind: 'lines'; readonly share: number }
  /** At `count` natural pauses of the `of` that there are, wherever they fall; at every one where both are equal. */
  | { readonly kind: 'pauses'; readonly count: number; readonly of: number };

/** How the developer behaves. Every choice among equals is drawn from `seed`. */
export interface DeveloperHabits {
  readonly seed: number;
  readonly asking: Asking;
  /** Every so many askings the alternatives are ranked instead; 0 for never. */
  readonly rankEvery: number;
  /** Share of the completions that are right for at least half of their length and taken whole, then corrected. */
  readonly correctedShare: number;
  /**
   * False for a developer who judges what is offered and writes everything by hand all the same: the
   * document then advances by the true text, and every policy is asked at the same places.
   */
  readonly takesCompletions: boolean;
}

/** One answer of the policy, judged by what was written there. */
export interface JudgedAnswer {
  readonly documentUri: string;
  /** Where the cursor stood in the document as it was then. */
  readonly offset: number;
  /** What the author wrote from there on, up to the end of the region. */
  readonly written: string;
  readonly result: CompletionResult;
  /** What is taken of it; 'nothing' where nothing was offered. */
  readonly taken: AcceptedPart;
}

/** Who answers the developer and who hears what they do. */
export interface DeveloperWorld {
  readonly clock: VirtualClock;
  readonly completer: Completer;
  /** Different completions for one cursor, sampled. */
  readonly alternatives: (request: Omit<CompletionRequest, 'id'>) => Promise<readonly Completion[]>;
  readonly addRanking: (ranking: RankingRecord) => void;
  readonly newRankingId: () => string;
  readonly limits: CompletionLimits;
  readonly policyId: PolicyId;
  readonly signal: AbortSignal;
  /** Called after every request with what came of it. */
  readonly onAsked: (tally: ReplayTally) => void;
  /** Called with every answer before the developer reacts to it. Rankings are no answers. */
  readonly onJudged?: ((answer: JudgedAnswer) => void) | undefined;
}

/** What the developer saw so far. */
export interface ReplayTally {
  readonly asked: number;
  readonly shown: number;
  /** Taken as a whole. */
  readonly accepted: number;
  readonly keptChars: number;
  /** All that was written, the kept characters among it. */
  readonly typedChars: number;
}

/** An unhurried typist: 60 words a minute. */
const keystrokeMs = 200;
/** A natural pause outlasts the debounce and every slow-down after refusals. */
const pauseMs = 3000;
/** Long enough to read a line and decide. */
const readingMs = 1500;
/** After the last look at what became of the last completion. */
const settlingMs = 11 * 60_000;
/** Sampled warm enough to differ, as Tabby does for its alternatives. */
const alternativesTemperature = 0.8;
const alternativeCount = 4;

/** A completion that is right to this share of its length is worth correcting. */
const nearlyRightShare = 0.5;

/** The accept command that takes each part. */
const commandParts = { all: 'all', lines: 'line', words: 'word' } as const;

/**
 * Types a document as its author did, through the shipped completer, and treats what is offered by
 * the truth of what was written: a completion is taken exactly as far as it equals that, whole, by
 * line or by word, and refused otherwise; every second refusal is an Escape, the others are typed
 * over. Now and then the alternatives at a cursor are ranked by the same truth.
 */
export class ReplayedDeveloper {
  readonly #habits: DeveloperHabits;
  readonly #world: DeveloperWorld;
  readonly #stream: RandomStream;
  #tally: ReplayTally = { asked: 0, shown: 0, accepted: 0, keptChars: 0, typedChars: 0 };
  #refusals = 0;
  #pausesSeen = 0;
  #pausesChosen = 0;

  constructor(habits: DeveloperHabits, world: DeveloperWorld) {
    this.#habits = habits;
    this.#world = world;
    this.#stream = RandomStream.named(habits.seed, 'developer');
  }

  get tally(): ReplayTally {
    return this.#tally;
  }

  /** Types one document from its first region to its last, saves it, and lets it settle. */
  async write(document: Pick<TypedDocument, 'regions'>, editor: ReplayEditor): Promise<void> {
    for (const { offset, deletedChars, typedText } of document.regions) {
      editor.moveTo(offset);
      if (deletedChars > 0) editor.insert('', deletedChars);
      await this.#typeLines(typedText, editor);
    }
    editor.save();
    this.#world.clock.advanceBy(settlingMs);
    editor.close();
  }

  /** Types whole lines before others: a new line is opened first, as one does, so that nothing stands behind the cursor. */
  async #typeLines(typedText: string, editor: ReplayEditor): Promise<void> {
    const isBeforeText = /^[^\n]/.test(editor.context.suffix);
    if (!typedText.endsWith('\n') || !isBeforeText) return this.#type(typedText, editor);
    const { offset } = editor;
    editor.insert('\n');
    editor.moveTo(offset);
    await this.#type(typedText.slice(0, -1), editor);
    editor.moveTo(editor.offset + 1);
  }

  /** What was taken already is not typed any more, and its pauses are passed. */
  async #type(typedText: string, editor: ReplayEditor): Promise<void> {
    const start = editor.offset;
    const typeUpTo = (end: number): void =>
      this.#typeKeys(typedText.slice(editor.offset - start, end), editor);
    let lineStart = 0;
    for (const line of linesOf(typedText)) {
      for (const pause of this.#pausesIn(line)) {
        const place = lineStart + pause;
        if (place < editor.offset - start) continue;
        typeUpTo(place);
        await this.#ask(typedText.slice(place), editor);
      }
      lineStart += line.length;
      typeUpTo(lineStart);
    }
  }

  /** Where in a line the policy is asked; nowhere in most lines. */
  #pausesIn(line: string): number[] {
    const { asking } = this.#habits;
    const pauses = naturalPauses(line.replace(/\n$/, ''));
    if (asking.kind === 'pauses') return pauses.filter(() => this.#isPauseChosen(asking));
    const isAsked = this.#stream.nextUniform() < asking.share;
    const pause = pauses[this.#stream.nextBelow(pauses.length)];
    return isAsked && pause !== undefined ? [pause] : [];
  }

  /**
   * Whether the next pause is one of those that are asked at: exactly `count` of `of` are, each with
   * the same chance (selection sampling: Knuth, The Art of Computer Programming 2, 3.4.2, S).
   */
  #isPauseChosen({ count, of }: Extract<Asking, { kind: 'pauses' }>): boolean {
    const isChosen = this.#stream.nextUniform() * (of - this.#pausesSeen) < count - this.#pausesChosen;
    this.#pausesSeen += 1;
    if (isChosen) this.#pausesChosen += 1;
    return isChosen;
  }

  #typeKeys(text: string, editor: ReplayEditor): void {
    for (const key of text) {
      this.#world.clock.advanceBy(keystrokeMs);
      editor.insert(key);
    }
    this.#add({ typedChars: text.length });
  }

  async #ask(written: string, editor: ReplayEditor): Promise<void> {
    const { rankEvery } = this.#habits;
    this.#add({ asked: 1 });
    if (rankEvery > 0 && this.#tally.asked % rankEvery === 0) await this.#rank(written, editor);
    else await this.#complete(written, editor);
    this.#world.onAsked(this.#tally);
  }

  async #complete(written: string, editor: ReplayEditor): Promise<void> {
    const { completer, clock, signal, onJudged } = this.#world;
    const place = placeOf(editor);
    const answer = completer.completeAt({ ...place, trigger: 'automatic' }, signal);
    clock.advanceBy(pauseMs);
    const result = await answer;
    signal.throwIfAborted();
    const taken = takenOf(result, written);
    onJudged?.({ documentUri: place.documentUri, offset: place.offset, written, result, taken });
    const asked = { atMs: clock.nowMs(), ...place };
    if (result.kind === 'none') {
      editor.tell({ kind: 'notOffered', ...asked, noCompletion: result });
      return;
    }
    this.#add({ shown: 1 });
    editor.tell({ kind: 'offered', ...asked, completion: result });
    clock.advanceBy(readingMs);
    this.#react(result, taken, editor);
  }

  #react(completion: Completion, { kind, acceptedChars }: AcceptedPart, editor: ReplayEditor): void {
    const { takesCompletions } = this.#habits;
    if (kind === 'nothing') this.#refuse(completion, editor);
    else if (!takesCompletions) this.#world.completer.noteAccepted();
    else if (this.#isCorrected(completion, acceptedChars)) this.#correct(completion, acceptedChars, editor);
    else this.#accept(completion, { kind, acceptedChars }, editor);
    const typedChars = takesCompletions ? acceptedChars : 0;
    this.#add({ accepted: Number(kind === 'all'), keptChars: acceptedChars, typedChars });
  }

  /** Whether the developer takes a text that is nearly right as a whole. */
  #isCorrected({ text }: Completion, acceptedChars: number): boolean {
    const isNearlyRight = acceptedChars < text.length && acceptedChars >= nearlyRightShare * text.length;
    return isNearlyRight && this.#stream.nextUniform() < this.#habits.correctedShare;
  }

  /** Takes all of a completion and deletes what is wrong of it. */
  #correct(completion: Completion, rightChars: number, editor: ReplayEditor): void {
    const { offset } = editor;
    this.#accept(completion, { kind: 'all', acceptedChars: completion.text.length }, editor);
    this.#world.clock.advanceBy(readingMs);
    editor.moveTo(offset + rightChars);
    editor.insert('', completion.text.length - rightChars);
  }

  #accept(
    { id: completionId, text }: Completion,
    { kind, acceptedChars }: AcceptedPart & { kind: keyof typeof commandParts },
    editor: ReplayEditor,
  ): void {
    this.#world.completer.noteAccepted();
    for (const step of acceptSteps(kind, text.slice(0, acceptedChars))) {
      this.#world.clock.advanceBy(keystrokeMs);
      editor.insert(step);
      editor.tell({ kind: 'acceptCommand', ...this.#now(editor), completionId, part: commandParts[kind] });
    }
  }

  #refuse(completion: Completion, editor: ReplayEditor): void {
    this.#world.completer.noteRefused(completion, placeOf(editor));
    this.#refusals++;
    if (this.#refusals % 2 === 0) editor.tell({ kind: 'dismissCommand', ...this.#now(editor) });
  }

  /** Ranks sampled alternatives by the truth and goes on writing by hand. */
  async #rank(written: string, editor: ReplayEditor): Promise<void> {
    const { alternatives, completer, limits, clock, signal, addRanking, newRankingId, policyId } =
      this.#world;
    const place = placeOf(editor);
    const offered = await alternatives({
      ...{ prefix: place.prefix, suffix: place.suffix, languageId: place.languageId, ...limits },
      ...completer.shownAt({ ...place, trigger: 'invoked' }),
      ...{ trigger: 'invoked', count: alternativeCount, temperature: alternativesTemperature },
      seed: this.#stream.nextUint32(),
    });
    signal.throwIfAborted();
    if (offered.length === 0) return;
    clock.advanceBy(offered.length * readingMs);
    const opinion = rankByTruth(offered, written);
    addRanking({ id: newRankingId(), policyId, atMs: clock.nowMs(), ...place, ...opinion });
  }

  #add({ asked = 0, shown = 0, accepted = 0, keptChars = 0, typedChars = 0 }: Partial<ReplayTally>): void {
    this.#tally = {
      asked: this.#tally.asked + asked,
      shown: this.#tally.shown + shown,
      accepted: this.#tally.accepted + accepted,
      keptChars: this.#tally.keptChars + keptChars,
      typedChars: this.#tally.typedChars + typedChars,
    };
  }

  #now(editor: ReplayEditor): { readonly atMs: number; readonly documentUri: string } {
    return { atMs: this.#world.clock.nowMs(), documentUri: editor.documentUri };
  }
}

/** What the developer takes of an answer. */
function takenOf(result: CompletionResult, written: string): AcceptedPart {
  return acceptedPart(result.kind === 'completion' ? result.text : '', written);
}

function placeOf(editor: ReplayEditor) {
  const { documentUri, languageId, offset } = editor;
  return { documentUri, languageId, offset, ...editor.context };
}
