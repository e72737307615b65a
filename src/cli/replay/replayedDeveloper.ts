import type { Completion, CompletionRequest } from '../../completion/completion.ts';
import type { Completer } from '../../completion/completer.ts';
import { naturalPauses } from '../../completion/naturalPauses.ts';
import { RandomStream } from '../../engine/random.ts';
import type { RankingRecord } from '../../feedback/completionRecord.ts';
import type { PolicyId } from '../../engine/policy.ts';
import { acceptedPart, type AcceptedPart } from '../../trainer/acceptedPart.ts';
import type { ReplayEditor } from './replayEditor.ts';
import { acceptSteps, lineEnd, rankByTruth } from './truth.ts';
import type { TypedDocument } from './typedWork.ts';
import type { VirtualClock } from './virtualClock.ts';

/** How the developer behaves. Every choice among equals is drawn from `seed`. */
export interface DeveloperHabits {
  readonly seed: number;
  /** Share of the typed lines in which the policy is asked once. */
  readonly askedShare: number;
  /** Every so many askings the alternatives are ranked instead; 0 for never. */
  readonly rankEvery: number;
}

/** Who answers the developer and who hears what they do. */
export interface DeveloperWorld {
  readonly clock: VirtualClock;
  readonly completer: Completer;
  /** Different completions for one cursor, sampled. */
  readonly alternatives: (request: Omit<CompletionRequest, 'id'>) => Promise<readonly Completion[]>;
  readonly addRanking: (ranking: RankingRecord) => void;
  readonly newRankingId: () => string;
  readonly limits: { readonly maxPromptTokens: number; readonly maxNewTokens: number };
  readonly policyId: PolicyId;
  readonly signal: AbortSignal;
  /** Called after every request with what came of it. */
  readonly onAsked: (tally: ReplayTally) => void;
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

  constructor(habits: DeveloperHabits, world: DeveloperWorld) {
    this.#habits = habits;
    this.#world = world;
    this.#stream = RandomStream.named(habits.seed, 'developer');
  }

  get tally(): ReplayTally {
    return this.#tally;
  }

  /** Types one document from its first region to its last, saves it, and lets it settle. */
  async write(document: TypedDocument, editor: ReplayEditor): Promise<void> {
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

  async #type(typedText: string, editor: ReplayEditor): Promise<void> {
    const start = editor.offset;
    while (editor.offset - start < typedText.length) {
      const rest = typedText.slice(editor.offset - start);
      const pause = this.#pauseIn(rest.slice(0, lineEnd(rest)));
      if (pause === undefined) {
        this.#typeKeys(rest.slice(0, lineEnd(rest)), editor);
        continue;
      }
      this.#typeKeys(rest.slice(0, pause), editor);
      await this.#ask(rest.slice(pause), editor);
      const after = typedText.slice(editor.offset - start);
      this.#typeKeys(after.slice(0, lineEnd(after)), editor);
    }
  }

  /** Where in a line the policy is asked; `undefined` for most lines. */
  #pauseIn(line: string): number | undefined {
    const isAsked = this.#stream.nextUniform() < this.#habits.askedShare;
    const pauses = naturalPauses(line.replace(/\n$/, ''));
    const pause = pauses[this.#stream.nextBelow(pauses.length)];
    return isAsked ? pause : undefined;
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
    const { completer, clock, signal } = this.#world;
    const place = placeOf(editor);
    const answer = completer.completeAt({ ...place, trigger: 'automatic' }, signal);
    clock.advanceBy(pauseMs);
    const result = await answer;
    signal.throwIfAborted();
    const asked = { atMs: clock.nowMs(), ...place };
    if (result.kind === 'none') {
      editor.tell({ kind: 'notOffered', ...asked, noCompletion: result });
      return;
    }
    this.#add({ shown: 1 });
    editor.tell({ kind: 'offered', ...asked, completion: result });
    clock.advanceBy(readingMs);
    this.#react(result, written, editor);
  }

  #react(completion: Completion, written: string, editor: ReplayEditor): void {
    const { kind, acceptedChars } = acceptedPart(completion.text, written);
    if (kind === 'nothing') this.#refuse(completion, editor);
    else this.#accept(completion, { kind, acceptedChars }, editor);
    this.#add({ accepted: Number(kind === 'all'), keptChars: acceptedChars, typedChars: acceptedChars });
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
    this.#world.completer.noteRefused(placeOf(editor), completion.text);
    this.#refusals++;
    if (this.#refusals % 2 === 0) editor.tell({ kind: 'dismissCommand', ...this.#now(editor) });
  }

  /** Ranks sampled alternatives by the truth and goes on writing by hand. */
  async #rank(written: string, editor: ReplayEditor): Promise<void> {
    const { alternatives, limits, clock, signal, addRanking, newRankingId, policyId } = this.#world;
    const place = placeOf(editor);
    const offered = await alternatives({
      ...{ prefix: place.prefix, suffix: place.suffix, languageId: place.languageId, ...limits },
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

function placeOf(editor: ReplayEditor) {
  const { documentUri, languageId, offset } = editor;
  return { documentUri, languageId, offset, ...editor.context };
}
