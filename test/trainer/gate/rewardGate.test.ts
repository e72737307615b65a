import { describe, expect, it } from 'vitest';
import { judgeRewardModel, type JudgedPair } from '../../../src/trainer/gate/rewardGate.ts';

const pair = (index: number, changes: Partial<JudgedPair> = {}): JudgedPair => ({
  promptKey: `prompt ${index}`,
  margin: 1,
  headsAgree: true,
  chosenChars: index % 2 === 0 ? 10 : 20,
  rejectedChars: 15,
  chosenLogProb: index % 2 === 0 ? -1 : -2,
  rejectedLogProb: -1.5,
  ...changes,
});
const pairs = (count: number, changesOf: (index: number) => Partial<JudgedPair> = () => ({})) =>
  Array.from({ length: count }, (_, index) => pair(index, changesOf(index)));

describe('judgeRewardModel', () => {
  it.each([
    { name: 'passes a model that is nearly always right', judged: pairs(40), passes: true },
    {
      name: 'fails a coin',
      judged: pairs(40, (i) => ({ margin: i % 4 < 2 ? 1 : -1 })),
      passes: false,
    },
    {
      name: 'fails a model that is right in 65 % of too few prompts',
      judged: pairs(40, (i) => ({ margin: i % 20 < 13 ? 1 : -1 })),
      passes: false,
    },
    {
      name: 'passes the same model on many prompts',
      judged: pairs(400, (i) => ({ margin: i % 20 < 13 ? 1 : -1 })),
      passes: true,
    },
    {
      name: 'fails a model that knows no more than length',
      judged: pairs(400, (i) => ({ margin: i % 20 < 13 ? 1 : -1, chosenChars: i % 20 < 13 ? 20 : 10 })),
      passes: false,
    },
    {
      name: 'fails a model that knows no more than shortness',
      judged: pairs(400, (i) => ({ margin: i % 20 < 13 ? 1 : -1, chosenChars: i % 20 < 13 ? 10 : 20 })),
      passes: false,
    },
    {
      name: 'fails a model that knows no more than the likelihood',
      judged: pairs(400, (i) => ({ margin: i % 20 < 13 ? 1 : -1, chosenLogProb: i % 20 < 13 ? -1 : -2 })),
      passes: false,
    },
    { name: 'fails without pairs', judged: [], passes: false },
  ])('$name', ({ judged, passes }) => {
    const verdict = judgeRewardModel(judged);
    expect(verdict.passes, verdict.reason).toBe(passes);
  });

  it('tells how much the agreement of its heads is worth', () => {
    const judged = pairs(40, (i) => ({ headsAgree: i >= 10, margin: i < 5 || i >= 36 ? -1 : 1 }));
    expect(judgeRewardModel(judged)).toMatchObject({ headsAgree: 0.75, accuracyAgreed: 26 / 30 });
  });

  it('gives a prompt one vote, however many pairs it has', () => {
    const ranking = pairs(6, () => ({ promptKey: 'ranking' }));
    const verdict = judgeRewardModel([...ranking, pair(1, { margin: -1 })]);
    expect(verdict).toMatchObject({ promptCount: 2, accuracy: 0.5 });
  });

  it('counts equal scores and equal lengths a half', () => {
    const verdict = judgeRewardModel(pairs(4, () => ({ margin: 0, chosenChars: 15 })));
    expect(verdict).toMatchObject({ accuracy: 0.5, brier: 0.25 });
    expect(verdict.rivals).toMatchObject({ longerWins: 0.5, shorterWins: 0.5 });
  });

  it('tells a test that nothing was held out for from one that there was no time for', () => {
    expect(judgeRewardModel([], 0).reason).toMatch(/^There are no held-out preferences/);
    expect(judgeRewardModel([], 200)).toMatchObject({
      ...{ passes: false, promptCount: 0, reason: 'There was no time to test the reward model.' },
    });
  });

  it('says why with the model and its best rival', () => {
    const judged = pairs(40, () => ({ chosenChars: 20 }));
    expect(judgeRewardModel(judged).reason).toBe(
      "The reward model orders 100.0 % of 40 held-out prompts rightly (at least 91.2 % with 95 % confidence); its best rival, 'longerWins', orders 100.0 %, so it is not used.",
    );
  });

  it('finds a model badly calibrated that is sure and wrong', () => {
    const sure = judgeRewardModel(pairs(20, (i) => ({ margin: i % 2 === 0 ? 8 : -8 })));
    const modest = judgeRewardModel(pairs(20, (i) => ({ margin: i % 2 === 0 ? 0.01 : -0.01 })));
    expect(sure.brier).toBeCloseTo(0.5, 2);
    expect(sure.calibrationError).toBeCloseTo(0.5, 2);
    expect(modest.calibrationError).toBeLessThan(0.01);
  });

  it('keeps the calibration bins, each pair both ways round, and none without pairs', () => {
    const { calibration } = judgeRewardModel(pairs(8, (i) => ({ margin: i < 6 ? 2 : -2 })));
    expect(calibration.map(({ observed, count }) => [observed, count])).toEqual([
      [0.25, 8],
      [0.75, 8],
    ]);
    expect(calibration[1]?.predicted).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
    expect(judgeRewardModel([]).calibration).toEqual([]);
  });
});
