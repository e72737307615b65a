import { diffArrays } from 'diff';

/** Words and single marks: the units that are kept or lost. White space is nobody's opinion. */
const unit = /[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu;

/**
 * The longest text that becomes a demonstration. A completion is at most some 500 characters long
 * (128 tokens, about 4 characters each); twice that leaves room for a longer answer, and what is
 * longer still is data or minified code that no completion could have been.
 */
export const maxFinalTextChars = 1000;

/** How long after an accept its text is looked at again, as other assistants measure it (30 s to 10 min). */
export const survivalHorizonsMs = [30_000, 120_000, 300_000, 600_000] as const;

/**
 * How much of a text still stands in another: characters in kept words and marks, divided by all of
 * them. 0 (gone or rewritten) to 1 (untouched).
 *
 * Kept is what the longest common subsequence of words and marks keeps (`diff`, Myers 1986). By
 * word and not by character, because unrelated code shares many letters and few words. White space
 * does not count, so a formatter changes nothing; neither does what was added in between.
 */
export function survivalShare(text: string, textNow: string): number {
  const units = text.match(unit) ?? [];
  if (units.length === 0) return textNow.includes(text) ? 1 : 0;
  const kept = diffArrays(units, textNow.match(unit) ?? [])
    .filter((part) => !part.added && !part.removed)
    .flatMap((part) => part.value);
  return kept.join('').length / units.join('').length;
}

/** What was written at a cursor, cut to the lines that answer a completion. */
export interface CutText {
  /** With `\n` line ends. */
  readonly text: string;
  /** How much of what was written this is, line ends as they stand there. */
  readonly chars: number;
  /** Whether more was written behind it. */
  readonly isCut: boolean;
}

/**
 * The beginning of what was written at a cursor: at most `lineCount` lines, and at least one with
 * something on it. Without this the text the user wrote would be the longer the later one looks,
 * and a reward model would learn length.
 *
 * Undefined when it is longer than `maxFinalTextChars` all the same.
 */
export function cutToLines(written: string, lineCount: number): CutText | undefined {
  const lines = written.split('\n');
  const firstWritten = lines.findIndex((line) => line.trim() !== '');
  const cut = lines.slice(0, Math.max(lineCount, firstWritten + 1)).join('\n');
  const text = withoutCarriageReturns(cut);
  return text.length > maxFinalTextChars
    ? undefined
    : { text, chars: cut.length, isCut: cut.length < written.length };
}

/** How many lines a text stands on. */
export function lineCountOf(text: string): number {
  return text.split('\n').length;
}

/** The text with `\n` line ends, as the policy writes them whatever the document uses. */
export function withoutCarriageReturns(text: string): string {
  return text.replaceAll('\r', '');
}
