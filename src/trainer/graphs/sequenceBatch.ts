import { maskedScore } from '../../engine/model/attention.ts';
import { floatTensor, int32Tensor, int64Tensor, type Tensor } from '../../engine/runtime/session.ts';
import { groupedBy } from '../groups.ts';

/** One prompt with one completion behind it, as the policy reads it. */
export interface TokenSequence {
  readonly promptTokens: readonly number[];
  readonly completionTokens: readonly number[];
  /** Index of the first completion token that was chosen freely; those before it spell typed text. */
  readonly freeFrom: number;
}

/** Sequences as inputs of a training graph, and which of its rows stand for what. */
export interface SequenceBatch {
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** M: rows that a loss looks at. */
  readonly rowCount: number;
}

/** How many completion tokens the policy chose itself. */
export function freeTokenCount({ completionTokens, freeFrom }: TokenSequence): number {
  return completionTokens.length - freeFrom;
}

/** One row per freely chosen token, standing before it; sequence after sequence. */
export function tokenRows(sequences: readonly TokenSequence[]): SequenceBatch {
  return layOut(sequences, ({ freeFrom, completionTokens }, rowOf) =>
    Array.from({ length: completionTokens.length - freeFrom }, (_, i) => rowOf(freeFrom + i - 1)),
  );
}

/** The same with the token itself as the row's target. */
export function tokenBatch(sequences: readonly TokenSequence[]): SequenceBatch {
  const batch = tokenRows(sequences);
  const targets = sequences.flatMap(({ completionTokens, freeFrom }) => completionTokens.slice(freeFrom));
  return { ...batch, feeds: { ...batch.feeds, targets: int32Tensor(targets) } };
}

/** One row per sequence, standing on its last token. */
export function lastTokenBatch(sequences: readonly TokenSequence[]): SequenceBatch {
  return layOut(sequences, ({ completionTokens }, rowOf) => [rowOf(completionTokens.length - 1)]);
}

/** A prompt with the completions that are packed behind it. */
interface Packed {
  readonly promptTokens: readonly number[];
  readonly sequences: readonly TokenSequence[];
}

/**
 * Packs the sequences: those with the same prompt share one copy of it.
 *
 *   tokens     prompt ├ completion 1 ┤├ completion 2 ┤ padding
 *   positions  0 .. P-1, P, P+1, ...   P, P+1, ...     0
 *
 * Every token sees its prompt and its own completion up to itself, so each sequence is computed
 * exactly as if it stood alone, and a prompt is computed once however many completions it has.
 *
 * @param rowsOf the rows of one sequence; `rowOf(i)` is the row of its i-th completion token, -1
 * being the prompt's last.
 */
function layOut(
  sequences: readonly TokenSequence[],
  rowsOf: (sequence: TokenSequence, rowOf: (index: number) => number) => number[],
): SequenceBatch {
  const packs = packByPrompt(sequences);
  const tokens = Math.max(...packs.map(lengthOf));
  const rows = new Map<TokenSequence, number[]>();
  packs.forEach(({ promptTokens, sequences: behind }, pack) => {
    const promptEnd = pack * tokens + promptTokens.length;
    let start = promptEnd;
    for (const sequence of behind) {
      const first = start;
      rows.set(
        sequence,
        rowsOf(sequence, (index) => (index < 0 ? promptEnd : first) + index),
      );
      start += sequence.completionTokens.length;
    }
  });
  const flatRows = sequences.flatMap((sequence) => rows.get(sequence)!);
  const feeds = { ...packFeeds(packs, tokens), rows: int32Tensor(flatRows) };
  return { rowCount: flatRows.length, feeds };
}

function packFeeds(packs: readonly Packed[], tokens: number): Record<string, Tensor> {
  const perToken = (valuesOf: (pack: Packed) => number[]): number[] =>
    packs.flatMap((pack) => padded(valuesOf(pack), tokens));
  const dims = [packs.length, tokens];
  const mask = new Float32Array(packs.length * tokens * tokens).fill(maskedScore);
  packs.forEach((pack, i) =>
    openMask(mask.subarray(i * tokens * tokens, (i + 1) * tokens * tokens), pack, tokens),
  );
  return {
    tokens: int32Tensor(perToken(tokensOf), dims),
    positions: int64Tensor(perToken(positionsOf), dims),
    mask: floatTensor(mask, [packs.length, 1, tokens, tokens]),
  };
}

/** Sets to 0 what each token may see; padding sees itself alone, so that its softmax is defined. */
function openMask(mask: Float32Array, pack: Packed, tokens: number): void {
  const prompt = pack.promptTokens.length;
  const open = (row: number, from: number): Float32Array =>
    mask.fill(0, row * tokens + from, row * tokens + row + 1);
  for (let row = 0; row < prompt; row++) open(row, 0);
  let row = prompt;
  for (const { completionTokens } of pack.sequences) {
    const start = row;
    for (; row < start + completionTokens.length; row++) {
      mask.fill(0, row * tokens, row * tokens + prompt);
      open(row, start);
    }
  }
  for (; row < tokens; row++) open(row, row);
}

function tokensOf({ promptTokens, sequences }: Packed): number[] {
  return [...promptTokens, ...sequences.flatMap(({ completionTokens }) => completionTokens)];
}

function positionsOf({ promptTokens, sequences }: Packed): number[] {
  const behind = sequences.flatMap(({ completionTokens }) =>
    completionTokens.map((_, i) => promptTokens.length + i),
  );
  return [...promptTokens.keys(), ...behind];
}

function lengthOf({ promptTokens, sequences }: Packed): number {
  return sequences.reduce((sum, { completionTokens }) => sum + completionTokens.length, promptTokens.length);
}

function packByPrompt(sequences: readonly TokenSequence[]): Packed[] {
  const groups = groupedBy(sequences, ({ promptTokens }) => promptTokens.join());
  return groups.map((group) => ({ promptTokens: group[0]!.promptTokens, sequences: group }));
}

function padded(values: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, i) => values[i] ?? 0);
}
