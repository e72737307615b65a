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

  it('ends nothing where nothing began', () => {
    const stages = showStages({
      showProgress: () => {
        throw new Error('nothing is shown');
      },
    });
    expect(() => stages.finish()).not.toThrow();
  });
});
