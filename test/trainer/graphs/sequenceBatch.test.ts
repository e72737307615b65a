import { describe, expect, it } from 'vitest';
import { lastTokenBatch, tokenBatch, type TokenSequence } from '../../../src/trainer/graphs/sequenceBatch.ts';
import { scalarLayout } from '../../../src/trainer/graphs/scalarGraph.ts';
import { scoreLogProbs, scoreRewards, scoreValues } from '../../../src/trainer/stages/scoring.ts';
import { newRewardTheta } from '../../../src/trainer/stages/rewardModel.ts';
import { expectClose } from '../../support/expectTensor.ts';
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

/** The same sums in another order of additions. */
const float32Tolerance = 1e-5;

describe('sequences with the same prompt', () => {
  it('share one copy of it', () => {
    const { feeds, rowCount } = tokenBatch(siblings);
    expect(feeds['tokens']!.dims).toEqual([2, 13]);
    expect(rowCount).toBe(10);
    const tokens = Array.from(feeds['tokens']!.data as Int32Array);
    expect(tokens.slice(0, 13)).toEqual([3, 1, 4, 1, 5, 9, 2, 8, 0, 1, 5, 7, 0]);
    const positions = Array.from(feeds['positions']!.data as BigInt64Array, Number);
    expect(positions.slice(0, 13)).toEqual([0, 1, 2, 3, 4, 5, 6, 3, 4, 3, 4, 5, 6]);
  });

  it('have rows that stand before their own tokens, in the order they were given', () => {
    const { feeds } = tokenBatch(siblings);
    expect(Array.from(feeds['rows']!.data as Int32Array)).toEqual([2, 3, 4, 5, 7, 14, 15, 16, 10, 11]);
    expect(Array.from(feeds['targets']!.data as Int32Array)).toEqual([1, 5, 9, 2, 0, 3, 5, 0, 7, 0]);
  });

  it('have one row on the last token of each where a whole is scored', () => {
    const { feeds } = lastTokenBatch(siblings);
    expect(Array.from(feeds['rows']!.data as Int32Array)).toEqual([6, 8, 17, 12]);
  });

  it('are scored as if each stood alone', async () => {
    const { sessions, model, theta } = await makeTinyTrainer();
    const policy = { model, theta: theta.map((value, i) => value + 0.1 * Math.sin(i)) };
    const { theta: scalarTheta } = newRewardTheta(model, policy.theta, 1);
    const scorer = {
      model: { ...model, layout: scalarLayout(model.config, model.lora) },
      theta: scalarTheta,
    };
    const together = await scoreLogProbs(sessions, policy, siblings, 0.7);
    const values = await scoreValues(sessions, scorer, siblings);
    const rewards = await scoreRewards(sessions, scorer, siblings);
    for (const [i, sequence] of siblings.entries()) {
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
