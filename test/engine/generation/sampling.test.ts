import { describe, expect, it } from 'vitest';
import { chooseLikeliest, chooseSampled } from '../../../src/engine/generation/sampling.ts';
import { RandomStream } from '../../../src/engine/random.ts';

/** Probabilities 0.5, 0.3, 0.15, 0.05. */
const logits = Float32Array.from([0.5, 0.3, 0.15, 0.05], (p) => Math.log(p) + 3);
const next = { likeliest: { token: 0, logProb: Math.log(0.5) }, logSumExp: 3, logits };
const allowed = Uint32Array.of(1, 3);

describe('a choice among some tokens', () => {
  it('is as sure as its share of them', () => {
    const { token, logProb } = chooseLikeliest(next, allowed);
    expect(token).toBe(1);
    expect(logProb).toBeCloseTo(Math.log(0.3 / 0.35), 6);
  });

  it('is certain where there is one', () => {
    expect(chooseLikeliest(next, Uint32Array.of(3))).toEqual({ token: 3, logProb: -0 });
  });

  it('takes the lowest id among equals', () => {
    const even = { ...next, logits: Float32Array.of(1, 2, 2, 2) };
    expect(chooseLikeliest(even, Uint32Array.of(3, 2)).token).toBe(2);
  });

  it('is drawn by their shares, and as likely as its share', () => {
    const stream = RandomStream.named(1, 'sampling');
    const drawn = Array.from({ length: 4000 }, () => chooseSampled(next, stream, allowed));
    const ones = drawn.filter(({ token }) => token === 1);
    expect(ones.length / drawn.length).toBeCloseTo(0.3 / 0.35, 1);
    expect(ones[0]!.logProb).toBeCloseTo(Math.log(0.3 / 0.35), 6);
    expect(drawn.find(({ token }) => token === 3)!.logProb).toBeCloseTo(Math.log(0.05 / 0.35), 6);
  });
});

it('draws among all as likely as softmax has it', () => {
  const stream = RandomStream.named(2, 'sampling');
  const drawn = Array.from({ length: 200 }, () => chooseSampled(next, stream));
  expect(new Set(drawn.map(({ token }) => token))).toEqual(new Set([0, 1, 2, 3]));
  for (const { token, logProb } of drawn) expect(logProb).toBeCloseTo(logits[token]! - 3, 6);
});
