import { describe, expect, it } from 'vitest';
import {
  lastTokenBatch,
  packSequences,
  tokenBatch,
  type TokenSequence,
} from '../../../src/trainer/graphs/sequenceBatch.ts';
import { scalarLayout } from '../../../src/trainer/graphs/scalarGraph.ts';
import { scoreLogProbs, scoreValues } from '../../../src/trainer/stages/scoring.ts';
import { newRewardTheta } from '../../../src/trainer/stages/rewardModel.ts';
import { expectClose } from '../../support/expectTensor.ts';
import { scoreRewards } from '../../support/scoreRewards.ts';
import { makeTinyTrainer } from '../../support/tinyTrainer.ts';

const behind = (promptTokens: number[], completionTokens: number[], freeFrom = 0): TokenSequence => ({
  promptTokens,
  completionTokens,
  freeFrom,
});

const siblings = [
  behind([3, 1, 4], [1, 5, 9, 2]),
  behind([3, 1, 4], [8, 0], 1),
  behind([6, 5], [3, 5, 0]),
  behind([3, 1, 4], [1, 5, 7, 0], 2),
];

/** Prompts of one place while it is written; the last is another place. */
const nested = [
  behind([3, 1], [4, 0]),
  behind([3, 1, 4, 1, 5], [9, 2, 0]),
  behind([3], [1, 4, 0], 1),
  behind([3, 1, 4], [1, 5, 0]),
  behind([2, 1], [4, 0]),
];

/** The same sums in another order of additions. */
const float32Tolerance = 1e-5;

describe('sequences with the same prompt', () => {
  it('share one copy of it, and begin with its last token', () => {
    const { feeds, rowCount } = tokenBatch(siblings);
    expect(feeds['promptTokens']).toMatchObject({ dims: [2, 2], data: Int32Array.of(3, 1, 6, 0) });
    expect(feeds['tokens']!.dims).toEqual([2, 13]);
    expect(rowCount).toBe(10);
    const tokens = Array.from(feeds['tokens']!.data as Int32Array);
    expect(tokens.slice(0, 13)).toEqual([4, 1, 5, 9, 2, 4, 8, 0, 4, 1, 5, 7, 0]);
    const positions = Array.from(feeds['positions']!.data as BigInt64Array, Number);
    expect(positions.slice(0, 13)).toEqual([2, 3, 4, 5, 6, 2, 3, 4, 2, 3, 4, 5, 6]);
  });

  it('have rows that stand before their own tokens, in the order they were given', () => {
    const { feeds } = tokenBatch(siblings);
    expect(Array.from(feeds['rows']!.data as Int32Array)).toEqual([0, 1, 2, 3, 6, 13, 14, 15, 10, 11]);
    expect(Array.from(feeds['targets']!.data as Int32Array)).toEqual([1, 5, 9, 2, 0, 3, 5, 0, 7, 0]);
  });

  it('have one row on the last token of each where a whole is scored', () => {
    const { feeds } = lastTokenBatch(siblings);
    expect(Array.from(feeds['rows']!.data as Int32Array)).toEqual([4, 7, 16, 12]);
  });

  it.each([
    ['with equal prompts', siblings],
    ['with prompts that begin alike', nested],
  ])('are scored as if each stood alone, %s', async (_, sequences) => {
    const { sessions, model, theta } = await makeTinyTrainer();
    const policy = { model, theta: theta.map((value, i) => value + 0.1 * Math.sin(i)) };
    const { theta: scalarTheta } = newRewardTheta(model, policy.theta, { seed: 1, heads: 1 });
    const scorer = {
      model: { ...model, layout: scalarLayout(model.config, model.lora) },
      theta: scalarTheta,
    };
    const together = await scoreLogProbs(sessions, policy, sequences, 0.7);
    const values = await scoreValues(sessions, scorer, sequences);
    const rewards = await scoreRewards(sessions, scorer, sequences);
    for (const [i, sequence] of sequences.entries()) {
      expectClose(
        together[i]!,
        (await scoreLogProbs(sessions, policy, [sequence], 0.7))[0]!,
        float32Tolerance,
      );
      expectClose(values[i]!, (await scoreValues(sessions, scorer, [sequence]))[0]!, float32Tolerance);
      expectClose([rewards[i]!], await scoreRewards(sessions, scorer, [sequence]), float32Tolerance);
    }
    await sessions.dispose();
  });
});

describe('sequences whose prompts begin alike', () => {
  it('share one copy of the longest', () => {
    const { feeds, rowCount } = tokenBatch(nested);
    expect(feeds['promptTokens']).toMatchObject({
      dims: [2, 4],
      data: Int32Array.of(3, 1, 4, 1, 2, 0, 0, 0),
    });
    expect(feeds['tokens']!.dims).toEqual([2, 15]);
    expect(rowCount).toBe(12);
    expect(Array.from(feeds['tokens']!.data as Int32Array).slice(0, 15)).toEqual([
      ...[5, 9, 2, 0],
      ...[4, 1, 5, 0, 1, 4, 0, 3, 1, 4, 0],
    ]);
    expect(Array.from(feeds['positions']!.data as BigInt64Array, Number).slice(0, 15)).toEqual([
      ...[4, 5, 6, 7],
      ...[2, 3, 4, 5, 1, 2, 3, 0, 1, 2, 3],
    ]);
  });

  it('see of it what is their own prompt, and of the completions their own', () => {
    const { data, dims } = tokenBatch(nested).feeds['mask']!;
    expect(dims).toEqual([2, 1, 15, 4 + 15]);
    const seen = (row: number): number[] =>
      [...(data as Float32Array).subarray(row * 19, row * 19 + 19)].flatMap(openAt);
    expect(seen(0)).toEqual([0, 1, 2, 3, 4]);
    expect(seen(2)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(seen(5)).toEqual([0, 1, 8, 9]);
    expect(seen(10)).toEqual([0, 12, 13, 14]);
    expect(seen(14)).toEqual([15, 16, 17, 18]);
  });

  it('are read behind a prompt that sees nothing ahead of itself', () => {
    const { data, dims } = tokenBatch(nested).feeds['promptMask']!;
    expect(dims).toEqual([1, 1, 4, 4]);
    const seen = (row: number): number[] =>
      [...(data as Float32Array).subarray(row * 4, row * 4 + 4)].flatMap(openAt);
    expect([0, 1, 2, 3].map(seen)).toEqual([[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]);
  });

  it('fill packs of limited size from the longest prompt on', () => {
    const packs = packSequences(nested, 11).map(({ sequences }) =>
      sequences.map((one) => one.promptTokens.length),
    );
    expect(packs).toEqual([[5, 3], [2, 1], [2]]);
  });

  it('that are longer than a pack may be stand alone', () => {
    expect(packSequences(nested.slice(0, 2), 1)).toHaveLength(2);
  });
});

function openAt(value: number, column: number): number[] {
  return value === 0 ? [column] : [];
}
