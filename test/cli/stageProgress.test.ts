import { describe, expect, it } from 'vitest';
import { showStages } from '../../src/cli/stageProgress.ts';
import type { RetrainProgress } from '../../src/trainer/retrainRun.ts';

const step = (stage: RetrainProgress['stage'], number: number): RetrainProgress => ({
  ...{ stage, step: number, totalSteps: 2, seconds: 1 },
  numbers: { loss: 1 / 3, gradientNorm: 2, third: 3 },
});

describe('showStages', () => {
  it('shows one stage after the other, each ended before the next begins', () => {
    const seen: string[] = [];
    const stages = showStages({
      showProgress: (label) => ({
        update: (done, total, note) => seen.push(`${label} ${done}/${total} ${note}`),
        finish: () => seen.push(`${label} ends`),
      }),
    });
    for (const progress of [step('sft', 1), step('sft', 2), step('ppo', 1)]) stages.update(progress);
    stages.finish();
    expect(seen).toEqual([
      'sft 1/2 loss 0.333, gradientNorm 2.000, 1 s left',
      'sft 2/2 loss 0.333, gradientNorm 2.000, 0 s left',
      'sft ends',
      'ppo 1/2 loss 0.333, gradientNorm 2.000, 1 s left',
      'ppo ends',
    ]);
  });

  it('never says more time than the run has, but at the gate, which asks the fewest in any case', () => {
    const notes: string[] = [];
    const bar = {
      update: (_: number, __: number, note: string) => notes.push(note),
      finish: () => undefined,
    };
    const stages = showStages({ showProgress: () => bar });
    const slow = { totalSteps: 200, numbers: {}, seconds: 100 };
    stages.update({ ...slow, stage: 'sft', step: 0.5, secondsLeft: 300 });
    stages.update({ ...slow, stage: 'sft', step: 1, secondsLeft: 200 });
    stages.update({ ...slow, stage: 'sft', step: 199, secondsLeft: 200 });
    stages.update({ ...slow, stage: 'gate', step: 100, secondsLeft: 0 });
    expect(notes).toEqual(['5 min left', '4 min left', '1 s left', '2 min left']);
  });

  it('ends nothing where nothing began', () => {
    const stages = showStages({
      showProgress: () => {
        throw new Error('nothing is shown');
      },
    });
    expect(() => stages.finish()).not.toThrow();
  });
});
