import { expect, it } from 'vitest';
import { expectedIn, tokenLossOf } from '../../../bench/learning/expectedReach.ts';

const pieces = ['abc', 'x', 'y', '\n', 'd\n'].map((piece) => Buffer.from(piece));
const tokenizer = { bytesOf: (token: number) => pieces[token]! };

it('counts each token by how likely all up to it are, and no line ends', () => {
  const sequences = [
    // The first token was typed already: it has no log-probability here.
    { promptTokens: [0], completionTokens: [2, 0, 1, 3], freeFrom: 1 },
    { promptTokens: [0], completionTokens: [0, 4], freeFrom: 0 },
  ];
  const half = Math.log(0.5);
  const logProbs = [Float32Array.of(half, half, 0), Float32Array.of(half, 0)];
  const reach = expectedIn('file:///a.py', sequences, logProbs, tokenizer);
  expect(reach).toMatchObject({ documentUri: 'file:///a.py', places: 2, bytes: 4 + 3, tokens: 3 });
  expect(reach.right).toBeCloseTo(3 * 0.5 + 1 * 0.25 + 3 * 0.5);
  expect(tokenLossOf([reach, reach])).toBeCloseTo(-half);
});
