import { maskedScore } from '../../engine/model/attention.ts';
import { floatTensor, int32Tensor, int64Tensor, type Tensor } from '../../engine/runtime/session.ts';
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

/** Sequences that share one copy of the longest of their prompts, which all others begin. */
interface Pack<S extends TokenSequence> {
  readonly promptTokens: readonly number[];
  readonly sequences: readonly S[];
}

/**
 * The sequences in as few packs as their prompts allow, each with at most `maxTokens` tokens (or a
 * single sequence that is longer). In a pack those with the longest prompts come first, so what does not
 * fit is what stands furthest before the end of the longest.
 */
export function packSequences<S extends TokenSequence>(
  sequences: readonly S[],
  maxTokens = Infinity,
): Pack<S>[] {
  const packs: { promptTokens: readonly number[]; sequences: S[]; tokens: number }[] = [];
  const longestFirst = sequences.toSorted((a, b) => b.promptTokens.length - a.promptTokens.length);
  for (const sequence of longestFirst) {
    const { promptTokens, completionTokens } = sequence;
    const room = maxTokens - completionTokens.length;
    const pack = packs.find((one) => one.tokens <= room && beginsWith(one.promptTokens, promptTokens));
    if (pack === undefined) {
      const tokens = promptTokens.length + completionTokens.length;
      packs.push({ promptTokens, sequences: [sequence], tokens });
    } else {
      pack.sequences.push(sequence);
      pack.tokens += completionTokens.length;
    }
  }
  return packs;
}

/** Whether some tokens start with others. */
export function beginsWith(tokens: readonly number[], start: readonly number[]): boolean {
  // From the end: prompts of one document differ in their last tokens first.
  for (let i = start.length - 1; i >= 0; i--) if (tokens[i] !== start[i]) return false;
  return true;
}

/**
 * Lays packs out: one row of the batch each, its prompt first, its completions behind.
 *
 *   tokens     prompt                    ├ completion 1 ┤├ completion 2 ┤ padding
 *   positions  0 .. P-1                  P, P+1, ...     Q, Q+1, ...      0
 *
 * Completion 2 belongs to a prompt that ends at Q <= P. Every token sees the prompt up to where its own
 * completion begins and that completion up to itself, so each sequence is computed exactly as if it
 * stood alone, and what prompts have in common is computed once. The same idea reads a tree of
 * continuations in one pass in speculative decoding (SpecInfer, arXiv:2305.09781, section 4).
 *
 * @param rowsOf the rows of one sequence; `rowOf(i)` is the row of its i-th completion token, -1
 * being the prompt's last.
 */
function layOut(
  sequences: readonly TokenSequence[],
  rowsOf: (sequence: TokenSequence, rowOf: (index: number) => number) => number[],
): SequenceBatch {
  const packs = packSequences(sequences);
  const tokens = Math.max(...packs.map(lengthOf));
  const rows = new Map<TokenSequence, number[]>();
  packs.forEach(({ promptTokens, sequences: behind }, pack) => {
    const base = pack * tokens;
    let start = base + promptTokens.length;
    for (const sequence of behind) {
      const first = start;
      const promptEnd = base + sequence.promptTokens.length;
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

type AnyPack = Pack<TokenSequence>;

function packFeeds(packs: readonly AnyPack[], tokens: number): Record<string, Tensor> {
  const perToken = (valuesOf: (pack: AnyPack) => number[]): number[] =>
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
function openMask(mask: Float32Array, pack: AnyPack, tokens: number): void {
  const prompt = pack.promptTokens.length;
  const open = (row: number, from: number): Float32Array =>
    mask.fill(0, row * tokens + from, row * tokens + row + 1);
  for (let row = 0; row < prompt; row++) open(row, 0);
  let row = prompt;
  for (const { promptTokens, completionTokens } of pack.sequences) {
    const start = row;
    for (; row < start + completionTokens.length; row++) {
      mask.fill(0, row * tokens, row * tokens + promptTokens.length);
      open(row, start);
    }
  }
  for (; row < tokens; row++) open(row, row);
}

function tokensOf({ promptTokens, sequences }: AnyPack): number[] {
  return [...promptTokens, ...sequences.flatMap(({ completionTokens }) => completionTokens)];
}

function positionsOf({ promptTokens, sequences }: AnyPack): number[] {
  const behind = sequences.flatMap(({ promptTokens: { length }, completionTokens }) =>
    completionTokens.map((_, i) => length + i),
  );
  return [...promptTokens.keys(), ...behind];
}

function lengthOf({ promptTokens, sequences }: AnyPack): number {
  return sequences.reduce((sum, { completionTokens }) => sum + completionTokens.length, promptTokens.length);
}

function padded(values: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, i) => values[i] ?? 0);
}
