import { describe, expect, it } from 'vitest';
import { learningReport, type HeldOutPart } from '../../src/report/learningReport.ts';
import type { KeptComparisons } from '../../src/trainer/adapters/keptComparisons.ts';
import type { StageReport } from '../../src/trainer/adapters/manifest.ts';
import { allStages, heldOutPlace, kept, sampleKept, wholeRun } from './sampleRun.ts';

const reportOf = (stages: readonly StageReport[]) =>
  learningReport(wholeRun({ stages: [...stages] }), undefined);
const [sft, reward, ppo] = allStages as [StageReport, StageReport, StageReport];

function compared(comparisons: KeptComparisons): Extract<HeldOutPart, { kind: 'compared' }> {
  const { heldOut } = learningReport(wholeRun(), comparisons);
  if (heldOut.kind === 'nothing') throw new Error(heldOut.why);
  return heldOut;
}

it('tells of a silence only where the policy has its curve', () => {
  const silence = { hidden: 7, givenUpChars: 31, sparedChars: 402 };
  const calibration = { over: 'logit', intercept: 0, slope: 1 } as const;
  const silenceOf = (changes: Parameters<typeof wholeRun>[0]) =>
    learningReport(wholeRun(changes), undefined).silence;
  expect(silenceOf({ silence, calibration })).toContain('7 completions were not shown');
  expect(silenceOf({ silence })).toBeUndefined();
});

describe('the held-out part of a learning report', () => {
  it('counts both policies and where more, fewer and as many characters are kept', () => {
    expect(compared(sampleKept)).toMatchObject({
      before: { asked: 6, shown: 5, accepted: 2 },
      after: { asked: 6, shown: 6, accepted: 3 },
      ...{ keptMore: 3, keptFewer: 1, keptAsMany: 2, forgotten: 0 },
    });
  });

  it('has the largest gains and the largest losses, and among equals what is less to refuse', () => {
    const { best, worst } = compared(sampleKept);
    expect(best.map(({ keptGain }) => keptGain)).toEqual([31, 16, 6]);
    expect(worst.map(({ keptGain, written }) => [keptGain, written])).toEqual([
      [-18, 'new Cart(user, items);'],
      [0, 'taxOf(sum);'],
    ]);
  });

  it('does not hide losses behind many gains, nor leave out where both are the same', () => {
    const gains = Array.from({ length: 9 }, (_, i) =>
      heldOutPlace('a', 'word'.repeat(i + 1), '', 'word'.repeat(i + 1)),
    );
    const { best, worst } = compared(kept(...gains, heldOutPlace('b', 'word', 'word', '')));
    expect(best.map(({ keptGain }) => keptGain)).toEqual([36, 32, 28, 24, 20]);
    expect(worst).toHaveLength(1);
  });

  it('splits an offer where the user would have stopped to keep it', () => {
    const { worst } = compared(sampleKept);
    expect(worst[0]?.after).toEqual({
      ...{ kept: 'new ', refused: 'Map<string, Item>();', keptChars: 4, offeredChars: 24 },
    });
  });

  it('shows code without the indentation that all of it has', () => {
    const place = heldOutPlace(
      '\n\n    if (a) {\n      ',
      'one();\n    }',
      'one();\n      two();',
      'one();\n    }',
    );
    const [sample] = compared(kept(place)).best;
    expect(sample).toMatchObject({
      ...{ linesAbove: 'if (a) {', lineBefore: '  ', written: 'one();\n}' },
      before: { kept: 'one();\n', refused: '  two();' },
      after: { kept: 'one();\n}', refused: '' },
    });
  });

  it.each([
    [
      'nothing was held out',
      { heldOutDemonstrations: 0, heldOutPreferenceGroups: 0 },
      undefined,
      'too little work to hold some of it out',
    ],
    [
      'of what was held out alone preferences are known',
      { heldOutDemonstrations: 0, heldOutPreferenceGroups: 4 },
      undefined,
      'at no held-out place it is known what you wrote',
    ],
    ['nothing is kept', {}, undefined, 'forgotten since, or this adapter is older'],
    ['nobody was asked', {}, kept(), 'No held-out place was asked.'],
    [
      'all is forgotten',
      {},
      { ...kept(), forgotten: 7 },
      'You have forgotten the work that the policies were compared on (7 places).',
    ],
  ])('says why there is none where %s', (_, data, comparisons, why) => {
    const { data: usual } = wholeRun();
    const { heldOut } = learningReport(wholeRun({ data: { ...usual, ...data } }), comparisons);
    expect(heldOut).toEqual({ kind: 'nothing', why: expect.stringContaining(why) as string });
  });
});

describe('the stages of a learning report', () => {
  it('shows the curves that tell, those for experts, and metrics that no curve shows', () => {
    const { stages } = reportOf(allStages);
    expect(stages.map(({ curves }) => curves.map(({ title }) => title))).toEqual([
      ['Loss'],
      ['Loss', 'Pairs ordered rightly'],
      ['Reward', 'KL', 'Entropy, estimated', 'Length', 'Policy loss', 'Value loss'],
    ]);
    expect(stages[2]?.technicalCurves.map(({ title }) => title)).toEqual(['clipShare', 'klCoefficient']);
    expect(stages[2]?.metrics).toEqual([{ title: 'First reward', value: -0.9 }]);
  });

  it.each([
    [
      'sft',
      { steps: 0, stopReason: 'there are no demonstrations' },
      'It did not run: there are no demonstrations.',
    ],
    [
      'sft',
      { stopReason: 'there was time for 3 of 8 steps' },
      'It ended early: there was time for 3 of 8 steps.',
    ],
    [
      'reward',
      { metrics: { passes: 0 }, stopReason: 'The reward model orders 52.0 % rightly, so it is not used.' },
      'The reward model orders 52.0 % rightly, so it is not used.',
    ],
    ['reward', {}, 'It orders held-out preferences better than its trivial rivals, so PPO used it.'],
    [
      'ppo',
      { metrics: { usesRewardModel: 0 } },
      'The reward model was not trusted: rollouts were judged by what you wrote at the same place.',
    ],
  ])('says how %s ended', (name, changes, note) => {
    const stage = allStages.find((each) => each.name === name)!;
    expect(reportOf([{ ...stage, ...changes }]).stages[0]?.notes).toEqual([note]);
  });

  it('says both why the reward model was trained in part and why it is not used', () => {
    const stopReason = 'there was time for 3 of 8 steps\nThere was no time to test the reward model.';
    const told = reportOf([{ ...reward, metrics: { passes: 0 }, stopReason }]);
    expect(told.stages[0]?.notes).toEqual([
      'It ended early: there was time for 3 of 8 steps.',
      'There was no time to test the reward model.',
    ]);
  });

  it('says which step of fine-tuning counts, and which iteration of PPO where that was not the last', () => {
    const returned = { ...ppo, metrics: { ...ppo.metrics, bestStep: 7 } };
    const [tuned, practised] = reportOf([sft, returned]).stages;
    expect(tuned?.metrics).toEqual([
      { title: 'First loss', value: 2.1 },
      { title: 'Loss in the end, mean of 5 steps', value: 0.9 },
      { title: 'Best step, the one that counts', value: 45 },
      { title: 'Loss there on work that was not learned from', value: 1.1 },
    ]);
    expect(practised?.metrics).toContainEqual({ title: 'Best step, the one that counts', value: 7 });
  });

  it('has nothing to say of a stage that went as planned', () => {
    expect(reportOf([sft, ppo]).stages.map(({ notes }) => notes)).toEqual([[], []]);
  });
});

describe('the calibration in a learning report', () => {
  it('has each pair once, by how sure the reward model was', () => {
    expect(reportOf([reward]).calibration).toEqual({
      kind: 'bins',
      bins: [
        { predicted: 0.56, observed: 0.45, pairs: 11 },
        { predicted: 0.65, observed: 0.7, pairs: 10 },
        { predicted: 0.75, observed: 0.71, pairs: 14 },
        { predicted: 0.94, observed: 0.9, pairs: 10 },
      ],
      ...{ brier: 0.171, calibrationError: 0.052 },
    });
  });

  const { name, steps, seconds, metrics, curves } = reward;
  const older = { name, steps, seconds, metrics, curves };
  it.each([
    [
      'there are no preferences',
      [{ ...reward, steps: 0, stopReason: 'there are no preferences' }],
      'No reward model was trained: there are no preferences.',
    ],
    ['the run had no such stage', [sft], 'No reward model was trained.'],
    [
      'no preferences are held out',
      [{ ...reward, metrics: { heldOutPrompts: 0 } }],
      'there are no held-out preferences.',
    ],
    [
      'there was no time to test it',
      [
        {
          ...reward,
          metrics: { heldOutPrompts: 0 },
          stopReason: 'there was time for 3 of 8 steps\nThere was no time to test the reward model.',
        },
      ],
      'There was no time to test the reward model.',
    ],
    ['the manifest is older', [older], 'This adapter is older than the keeping of calibration.'],
  ] as const)('says why there is none where %s', (_name, stages, why) => {
    expect(reportOf(stages).calibration).toEqual({
      kind: 'nothing',
      why: expect.stringContaining(why) as string,
    });
  });
});
