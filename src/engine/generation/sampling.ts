import type { RandomStream } from '../random.ts';

/** One row of logits, already divided by the temperature, with the logarithm of their exponentials' sum. */
export interface LogitRow {
  readonly logits: Float32Array;
  readonly logSumExp: number;
}

/** A chosen token and its natural log-probability. */
export interface Choice {
  readonly token: number;
  readonly logProb: number;
}

/** The likeliest token, of all or of the allowed ones; the lowest id among equals, as PyTorch's argmax has it. */
export function chooseLikeliest({ logits, logSumExp }: LogitRow, allowed?: readonly number[]): Choice {
  let token = allowed?.[0] ?? 0;
  const consider = (other: number): void => {
    const isBetter = logits[other]! > logits[token]!;
    if (isBetter || (logits[other] === logits[token] && other < token)) token = other;
  };
  if (allowed === undefined) for (let other = 1; other < logits.length; other++) consider(other);
  else allowed.forEach(consider);
  return { token, logProb: logits[token]! - logSumExp };
}

/** A token that is e^30 times less likely than the sum of all is left out: together they are below 1e-8. */
const negligible = -30;

/** A token drawn from softmax(logits), of all or of the allowed ones. */
export function chooseSampled(
  { logits, logSumExp }: LogitRow,
  stream: RandomStream,
  allowed?: readonly number[],
): Choice {
  const candidates = allowed ?? logits.keys();
  const likely: number[] = [];
  let total = 0;
  const top = allowed === undefined ? logSumExp : largest(logits, allowed);
  for (const token of candidates) {
    if (logits[token]! - top < negligible) continue;
    total += Math.exp(logits[token]! - top);
    likely.push(token);
  }
  let left = stream.nextUniform() * total;
  const token =
    likely.find((candidate) => (left -= Math.exp(logits[candidate]! - top)) < 0) ?? likely.at(-1)!;
  return { token, logProb: logits[token]! - logSumExp };
}

function largest(logits: Float32Array, tokens: readonly number[]): number {
  return tokens.reduce((top, token) => Math.max(top, logits[token]!), -Infinity);
}
