import { invariant } from '../invariant.ts';
import { nextTokenNames } from '../model/servingGraph.ts';
import { floatsOf, type Tensor } from '../runtime/session.ts';
import type { SplitVocabulary } from '../weights/splitHead.ts';
import type { NextToken } from './sampling.ts';
import type { TokenPass } from './textCache.ts';

/** What is asked of the head of a serving graph. */
export interface AskedHead extends Pick<TokenPass, 'needsLogits' | 'onlyAscii'> {
  /** The tokens of its parts. Absent: it stands in one. */
  readonly split: SplitVocabulary | undefined;
}

type Outputs = Readonly<Record<string, Tensor>>;

/** Names of the outputs that `nextTokens` reads. */
export function nextTokenOutputs(asked: AskedHead): string[] {
  return partsOf(asked).flatMap((part) => {
    const { logits, ...others } = nextTokenNames(part);
    return [...Object.values(others), ...(asked.needsLogits ? [logits] : [])];
  });
}

/** What comes behind each wanted row: of all tokens or, where only those are asked for, of those of ASCII. */
export function nextTokens(outputs: Outputs, asked: AskedHead): NextToken[] {
  const [first, other] = partsOf(asked).map((part) => rowsOf(outputs, part));
  const { split } = asked;
  return first!.map((row, i) => toNextToken(split === undefined ? row : joined(split, row, other?.[i])));
}

function partsOf({ split, onlyAscii }: AskedHead): readonly ('first' | 'other')[] {
  return split === undefined || onlyAscii ? ['first'] : ['first', 'other'];
}

/** What a head, or a part of it, tells of one row. */
interface HeadRow {
  readonly likeliest: number;
  readonly likeliestLogit: number;
  readonly logSumExp: number;
  readonly logits: Float32Array | undefined;
}

function rowsOf(outputs: Outputs, part: 'first' | 'other'): HeadRow[] {
  const names = nextTokenNames(part);
  const tokens = outputs[names.likeliest]?.data;
  invariant(tokens instanceof Int32Array, () => `there is no output ${names.likeliest}`);
  const topLogits = floatsOf(outputs, names.likeliestLogit);
  const logits = outputs[names.logits] === undefined ? undefined : floatsOf(outputs, names.logits);
  const width = (logits?.length ?? 0) / tokens.length;
  return Array.from(floatsOf(outputs, names.logSumExp), (logSumExp, row) => ({
    likeliest: tokens[row]!,
    likeliestLogit: topLogits[row]!,
    logSumExp,
    logits: logits?.subarray(row * width, (row + 1) * width),
  }));
}

function toNextToken({ likeliest, likeliestLogit, logSumExp, logits }: HeadRow): NextToken {
  return { likeliest: { token: likeliest, logProb: likeliestLogit - logSumExp }, logSumExp, logits };
}

/** What the parts tell together, with the ids of the whole vocabulary; without the second its tokens are impossible. */
function joined(split: SplitVocabulary, ascii: HeadRow, other: HeadRow | undefined): HeadRow {
  const first = { ...ascii, likeliest: split.ascii[ascii.likeliest]!, logits: logitsOf(split, ascii, other) };
  if (other === undefined) return first;
  const logSumExp = logAddExp(ascii.logSumExp, other.logSumExp);
  const likeliest = split.other[other.likeliest]!;
  const difference = other.likeliestLogit - ascii.likeliestLogit;
  const isOther = difference > 0 || (difference === 0 && likeliest < first.likeliest);
  if (!isOther) return { ...first, logSumExp };
  return { ...first, logSumExp, likeliest, likeliestLogit: other.likeliestLogit };
}

function logitsOf(
  split: SplitVocabulary,
  ascii: HeadRow,
  other: HeadRow | undefined,
): Float32Array | undefined {
  if (ascii.logits === undefined) return undefined;
  const logits = new Float32Array(split.ascii.length + split.other.length).fill(-Infinity);
  scatter(ascii.logits, split.ascii, logits);
  if (other?.logits !== undefined) scatter(other.logits, split.other, logits);
  return logits;
}

function scatter(values: Float32Array, places: Uint32Array, target: Float32Array): void {
  for (let i = 0; i < places.length; i++) target[places[i]!] = values[i]!;
}

/** log(e^a + e^b) */
function logAddExp(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}
