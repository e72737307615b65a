import { int32Tensor, int64Tensor, type Tensor } from '../../engine/runtime/session.ts';
import type { BatchShape } from './trainingInputs.ts';

/** One prompt with one completion behind it, as the policy reads it. */
export interface TokenSequence {
  readonly promptTokens: readonly number[];
  readonly completionTokens: readonly number[];
  /** Index of the first completion token that was chosen freely; those before it spell typed text. */
  readonly freeFrom: number;
}

/** Sequences as inputs of a training graph, and which of its rows stand for what. */
export interface SequenceBatch {
  readonly shape: BatchShape;
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Rows that stand for something; those behind are padding. */
  readonly rowCount: number;
}

/** Sizes are rounded up to multiples of these, so that a handful of sessions serves all batches. */
export interface Rounding {
  readonly tokens: number;
  readonly rows: number;
}

/** Prompts have some hundred tokens, completions some ten: padding stays below a fifth. */
export const defaultRounding: Rounding = { tokens: 64, rows: 16 };

/** How many completion tokens the policy chose itself. */
export function freeTokenCount({ completionTokens, freeFrom }: TokenSequence): number {
  return completionTokens.length - freeFrom;
}

/** One row per freely chosen token, standing before it. */
export function tokenRows(sequences: readonly TokenSequence[], rounding = defaultRounding): SequenceBatch {
  return layOut(sequences, rounding, (sequence) => {
    const first = sequence.promptTokens.length + sequence.freeFrom - 1;
    return Array.from({ length: freeTokenCount(sequence) }, (_, i) => first + i);
  });
}

/** The same with the token itself as the row's target. */
export function tokenBatch(sequences: readonly TokenSequence[], rounding = defaultRounding): SequenceBatch {
  const batch = tokenRows(sequences, rounding);
  const targets = sequences.flatMap(({ completionTokens, freeFrom }) => completionTokens.slice(freeFrom));
  return { ...batch, feeds: { ...batch.feeds, targets: int32Tensor(padded(targets, batch.shape.rows)) } };
}

/** One row per sequence, standing on its last token. */
export function lastTokenBatch(
  sequences: readonly TokenSequence[],
  rounding = defaultRounding,
): SequenceBatch {
  return layOut(sequences, rounding, ({ promptTokens, completionTokens }) => [
    promptTokens.length + completionTokens.length - 1,
  ]);
}

/** Values per row as an input, zero in the padding rows. */
export function padded(values: ArrayLike<number>, length: number): number[] {
  return Array.from({ length }, (_, i) => values[i] ?? 0);
}

function layOut(
  sequences: readonly TokenSequence[],
  rounding: Rounding,
  rowsOf: (sequence: TokenSequence) => number[],
): SequenceBatch {
  const texts = sequences.map(({ promptTokens, completionTokens }) => [...promptTokens, ...completionTokens]);
  const tokens = roundUp(Math.max(...texts.map((text) => text.length)), rounding.tokens);
  const rows = sequences.flatMap((sequence, i) => rowsOf(sequence).map((row) => i * tokens + row));
  const shape = { sequences: sequences.length, tokens, rows: roundUp(rows.length, rounding.rows) };
  const dims = [shape.sequences, tokens];
  const positions = texts.flatMap(() => Array.from({ length: tokens }, (_, position) => position));
  return {
    shape,
    rowCount: rows.length,
    feeds: {
      tokens: int32Tensor(
        texts.flatMap((text) => padded(text, tokens)),
        dims,
      ),
      positions: int64Tensor(positions, dims),
      rows: int32Tensor(padded(rows, shape.rows)),
    },
  };
}

function roundUp(count: number, step: number): number {
  return Math.max(1, Math.ceil(count / step)) * step;
}
