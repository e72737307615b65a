import { cursorLineOf, normaliseContext } from '../../completion/prompt/context.ts';
import { naturalPauses } from '../../completion/asking/naturalPauses.ts';
import type { CodeWindow } from './codeWindows.ts';
import { textSequence, windowSequence, type Tokenisation } from './exampleTokens.ts';
import type { Demonstration } from './examples.ts';
import { beginsWith, freeTokenCount, packSequences } from '../graphs/sequenceBatch.ts';
import { linesAt, showsHeldOutLine, type IsHeldOutLine } from './heldOut.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import type { DemonstrationPack, WeightedSequence } from '../stages/sft.ts';

/** How packs are made. */
export interface PackSettings extends Pick<
  Hyperparameters['sft'],
  'maxPackedTokens' | 'aboveWeight' | 'maxWindowTokens'
> {
  readonly tokenisation: Tokenisation;
  /** No such line is put into a pack; of the workspace's files no rare one. */
  readonly isHeldOutLine: IsHeldOutLine;
  /** Awaited every so often: makes way, and throws when the run is cancelled. */
  readonly breathe: () => Promise<void>;
}

/** Tokenising one takes 3 ms, so that typing has the cores back within a tenth of a second. */
const demonstrationsPerBreath = 32;

/**
 * The demonstrations in packs that share one copy of a prompt, those that leave something to learn.
 * Reading a prompt costs far more than a line behind it does, so some room behind it is filled with
 * what stands above the cursor: the rest of the line from each natural pause on, with the same text
 * below. That is how those lines looked to their developer when they were written; where something stands
 * behind the cursor, which the prompt would have behind each of them, only the cursor's line looked so.
 *
 *   prompt        suffix | line 1, line 2, line 3 up to the cursor
 *   completions                                   what was written there
 *                                  line 3 from its start
 *                          line 2 from its middle ...
 */
export async function packDemonstrations(
  demonstrations: readonly Demonstration[],
  settings: PackSettings,
): Promise<DemonstrationPack[]> {
  const { tokenisation, maxPackedTokens, breathe } = settings;
  const written: WrittenSequence[] = [];
  for (const [index, demonstration] of demonstrations.entries()) {
    if (index % demonstrationsPerBreath === 0) await breathe();
    const sequence = writtenSequence(demonstration, tokenisation);
    if (freeTokenCount(sequence) > 0) written.push(sequence);
  }
  const maxTokens = tokenisation.maxPromptTokens + maxPackedTokens;
  return packSequences(written, maxTokens).map(
    ({ sequences }) =>
      () =>
        fillPack(sequences, settings),
  );
}

/** A pack of each window that holds no rare line which is held out. */
export function packWindows(
  windows: readonly CodeWindow[],
  { tokenisation, maxWindowTokens, isHeldOutLine }: PackSettings,
): DemonstrationPack[] {
  return windows
    .filter((window) => !showsHeldOutLine(window, isHeldOutLine))
    .map((window) => () => [windowSequence(window, tokenisation, maxWindowTokens)]);
}

/** A sequence and what it was made of. */
interface WrittenSequence extends WeightedSequence {
  readonly demonstration: Demonstration;
}

function writtenSequence(demonstration: Demonstration, tokenisation: Tokenisation): WrittenSequence {
  const { text, weight } = demonstration;
  return { ...textSequence(demonstration, text, tokenisation), weight, demonstration };
}

/** The sequences, and behind them as much of what stands above the first one's cursor as there is room for. */
function fillPack(
  sequences: readonly WrittenSequence[],
  { tokenisation, maxPackedTokens, aboveWeight, isHeldOutLine }: PackSettings,
): WeightedSequence[] {
  const { promptTokens, demonstration } = sequences[0]!;
  const filled: WeightedSequence[] = [...sequences];
  if (aboveWeight === 0) return filled;
  let room = sequences.reduce(
    (left, { completionTokens }) => left - completionTokens.length,
    maxPackedTokens,
  );
  const own = new Set(sequences.map((sequence) => sequence.promptTokens.length));
  for (const { prefix, made, rest } of pausesAbove(demonstration, shownPrefix(sequences[0]!, tokenisation))) {
    if (made.some((line) => isHeldOutLine(line.trim(), demonstration.documentUri))) continue;
    const sequence = textSequence({ prefix, suffix: demonstration.suffix }, rest, tokenisation);
    const isNew = !own.has(sequence.promptTokens.length) && freeTokenCount(sequence) > 0;
    if (!isNew || !beginsWith(promptTokens, sequence.promptTokens)) continue;
    room -= sequence.completionTokens.length;
    if (room < 0) break;
    filled.push({ ...sequence, weight: aboveWeight });
  }
  return filled;
}

/** The part of a prefix that its prompt shows, up to the cursor; '' where that cannot be told. */
function shownPrefix({ promptTokens, demonstration }: WrittenSequence, { tokenizer }: Tokenisation): string {
  const { prefix } = normaliseContext(demonstration);
  const start = tokenizer.fim === undefined ? 0 : promptTokens.indexOf(tokenizer.fim.middle) + 1;
  const found = prefix.lastIndexOf(tokenizer.decode(promptTokens.slice(start)));
  return found === -1 ? '' : prefix.slice(found);
}

/** A place above a cursor where its developer would have paused. */
interface Pause {
  readonly prefix: string;
  /** The whole lines that stand there, as `linesAt` has them. */
  readonly made: readonly string[];
  /** What of its line comes behind the pause. */
  readonly rest: string;
}

/**
 * The natural pauses in a prefix, from the last to the first: those of the cursor's line alone where something stands
 * behind the cursor on it. The prefix's first line may be cut and has none.
 */
function* pausesAbove(demonstration: Demonstration, prefix: string): Generator<Pause> {
  const lines = prefix.split('\n');
  const cursorLine = lines.length - 1;
  const isAtLineEnd = cursorLineOf(normaliseContext(demonstration)).behind.trim() === '';
  const firstLine = isAtLineEnd ? 1 : Math.max(1, cursorLine);
  let start = prefix.length;
  for (let index = cursorLine; index >= firstLine; index--) {
    const before = lines[index]!;
    const isCursorLine = index === cursorLine;
    const line = isCursorLine ? before + demonstration.text.split('\n', 1)[0]! : before;
    const made = isCursorLine ? linesAt(demonstration, demonstration) : [before];
    start -= before.length;
    for (const pause of naturalPauses(line).toReversed()) {
      if (pause < before.length)
        yield { prefix: prefix.slice(0, start + pause), made, rest: line.slice(pause) };
    }
    start -= 1;
  }
}
