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
 * Lays packs out: a row of the batch each, the longest prompt in one tensor, the completions in another.
 *
 *   promptTokens  0 .. P-2 of the prompt, padding        tokens     ├ completion 1 ┤├ completion 2 ┤ padding
 *                                                        positions  P-1, P, ...     Q-1, Q, ...     0
 *
 * A completion begins with the last token of its prompt, from which its first one follows. Completion 2 belongs
 * to a prompt of Q <= P tokens. Every token sees the prompt up to where its own completion begins and that
 * completion up to itself, so each sequence is computed exactly as if it stood alone, and what prompts have in
 * common is computed once. The same idea reads a tree of continuations in one pass in speculative decoding
 * (SpecInfer, arXiv:2305.09781, section 4).
 *
 * @param rowsOf the rows of one sequence; `rowOf(i)` is the row of its i-th completion token, -1
 * being the prompt's last.
 */
function layOut(
  sequences: readonly TokenSequence[],
  rowsOf: (sequence: TokenSequence, rowOf: (index: number) => number) => number[],
): SequenceBatch {
  const packs = packSequences(sequences);
  const sizes = {
    // A prompt of one token leaves none to read before; the operations want one all the same.
    prompt: Math.max(1, ...packs.map(({ promptTokens }) => promptTokens.length - 1)),
    tokens: Math.max(...packs.map(lengthOf)),
  };
  const rows = new Map<TokenSequence, number[]>();
  packs.forEach(({ sequences: behind }, pack) => {
    let first = pack * sizes.tokens;
    for (const sequence of behind) {
      const start = first + 1;
      rows.set(
        sequence,
        rowsOf(sequence, (index) => start + index),
      );
      first += rowsIn(sequence);
    }
  });
  const flatRows = sequences.flatMap((sequence) => rows.get(sequence)!);
  const feeds = { ...packFeeds(packs, sizes), rows: int32Tensor(flatRows) };
  return { rowCount: flatRows.length, feeds };
}

type AnyPack = Pack<TokenSequence>;

interface Sizes {
  /** Tokens of the prompts that are read before the completions. */
  readonly prompt: number;
  readonly tokens: number;
}

function packFeeds(packs: readonly AnyPack[], { prompt, tokens }: Sizes): Record<string, Tensor> {
  const perToken = (length: number, valuesOf: (pack: AnyPack) => readonly number[]): number[] =>
    packs.flatMap((pack) => padded(valuesOf(pack), length));
  const seen = prompt + tokens;
  const mask = new Float32Array(packs.length * tokens * seen).fill(maskedScore);
  packs.forEach((pack, i) =>
    openMask(mask.subarray(i * tokens * seen, (i + 1) * tokens * seen), pack, { prompt, tokens }),
  );
  return {
    promptTokens: int32Tensor(
      perToken(prompt, ({ promptTokens }) => promptTokens.slice(0, -1)),
      [packs.length, prompt],
    ),
    promptPositions: int64Tensor(
      perToken(prompt, () => [...new Array(prompt).keys()]),
      [packs.length, prompt],
    ),
    promptMask: floatTensor(causalMask(prompt), [1, 1, prompt, prompt]),
    tokens: int32Tensor(perToken(tokens, tokensOf), [packs.length, tokens]),
    positions: int64Tensor(perToken(tokens, positionsOf), [packs.length, tokens]),
    mask: floatTensor(mask, [packs.length, 1, tokens, seen]),
  };
}

/** Every token sees those up to itself: [length,length]. */
function causalMask(length: number): Float32Array {
  const mask = new Float32Array(length * length).fill(maskedScore);
  for (let row = 0; row < length; row++) mask.fill(0, row * length, row * length + row + 1);
  return mask;
}

/** Sets to 0 what each token may see; padding sees itself alone, so that its softmax is defined. */
function openMask(mask: Float32Array, { sequences }: AnyPack, { prompt, tokens }: Sizes): void {
  const open = (row: number, from: number, end: number): Float32Array =>
    mask.fill(0, row * (prompt + tokens) + from, row * (prompt + tokens) + end);
  let row = 0;
  for (const sequence of sequences) {
    const start = row;
    for (; row < start + rowsIn(sequence); row++) {
      open(row, 0, sequence.promptTokens.length - 1);
      open(row, prompt + start, prompt + row + 1);
    }
  }
  for (; row < tokens; row++) open(row, prompt + row, prompt + row + 1);
}

/** The last token of its prompt and its completion. */
function rowsIn({ completionTokens }: TokenSequence): number {
  return 1 + completionTokens.length;
}

function tokensOf({ sequences }: AnyPack): number[] {
  return sequences.flatMap(({ promptTokens, completionTokens }) => [
    promptTokens.at(-1)!,
    ...completionTokens,
  ]);
}

function positionsOf({ sequences }: AnyPack): number[] {
  return sequences.flatMap((sequence) =>
    Array.from({ length: rowsIn(sequence) }, (_, i) => sequence.promptTokens.length - 1 + i),
  );
}

function lengthOf({ sequences }: AnyPack): number {
  return sequences.reduce((sum, sequence) => sum + rowsIn(sequence), 0);
}

function padded(values: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, i) => values[i] ?? 0);
}
