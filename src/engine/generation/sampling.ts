import { invariant } from '../invariant.ts';
import type { RandomStream } from '../random.ts';

/** A chosen token and its natural log-probability among those that there were to choose from. */
export interface Choice {
  readonly token: number;
  readonly logProb: number;
}

/** What the policy knows about one token to come, at the temperature of its request. */
export interface NextToken {
  /** The lowest id among equals, as PyTorch's argmax has it. */
  readonly likeliest: Choice;
  readonly logSumExp: number;
  /** [V] divided by the temperature. Absent where only the likeliest token was asked for. */
  readonly logits: Float32Array | undefined;
}

/** The likeliest of the allowed tokens; the lowest id among equals. */
export function chooseLikeliest(next: NextToken, allowed: Uint32Array): Choice {
  const logits = logitsOf(next);
  const token = allowed.reduce((best, other) => {
    const isBetter = logits[other]! > logits[best]!;
    return isBetter || (logits[other] === logits[best] && other < best) ? other : best;
  });
  const total = allowed.reduce((sum, other) => sum + Math.exp(logits[other]! - logits[token]!), 0);
  return { token, logProb: -Math.log(total) };
}

/** A token that is e^30 times less likely than the sum of all is left out: together they are below 1e-8. */
const negligible = -30;

/** A token drawn from softmax(logits), of all or of the allowed ones. */
export function chooseSampled(next: NextToken, stream: RandomStream, allowed?: Uint32Array): Choice {
  const logits = logitsOf(next);
  const candidates = allowed ?? logits.keys();
  const likely: number[] = [];
  let total = 0;
  const top = allowed === undefined ? next.logSumExp : largest(logits, allowed);
  for (const token of candidates) {
    if (logits[token]! - top < negligible) continue;
    total += Math.exp(logits[token]! - top);
    likely.push(token);
  }
  let left = stream.nextUniform() * total;
  const token =
    likely.find((candidate) => (left -= Math.exp(logits[candidate]! - top)) < 0) ?? likely.at(-1)!;
  const logSumExp = allowed === undefined ? next.logSumExp : top + Math.log(total);
  return { token, logProb: logits[token]! - logSumExp };
}

function logitsOf({ logits }: NextToken): Float32Array {
  invariant(logits !== undefined, 'a choice among some tokens needs the logits of all');
  return logits;
}

function largest(logits: Float32Array, tokens: Uint32Array): number {
  return tokens.reduce((top, token) => Math.max(top, logits[token]!), -Infinity);
}
