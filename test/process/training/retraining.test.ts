import { describe, expect, it } from 'vitest';
import { parseHyperparameters } from '../../../src/process/training/retraining.ts';
import { defaultHyperparameters } from '../../../src/trainer/hyperparameters.ts';

describe('parseHyperparameters', () => {
  it('gives the defaults but for what differs', () => {
    const { sft } = defaultHyperparameters;
    expect(parseHyperparameters({ sft: { epochs: 3 } })).toEqual({
      ...defaultHyperparameters,
      sft: { ...sft, epochs: 3 },
    });
  });

  it('takes none that there is not, and names all of them', () => {
    expect(() => parseHyperparameters({ sft: { epochz: 3, epochs: 2 }, lorra: {} })).toThrow(
      'There is no such hyperparameter: sft.epochz, lorra. Look how it is written, or remove it.',
    );
  });
});
