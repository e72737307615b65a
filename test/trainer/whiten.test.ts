import { describe, expect, it } from 'vitest';
import { whiten } from '../../src/trainer/whiten.ts';
import { expectClose } from '../support/expectTensor.ts';

const advantages = [0.74580625, 1.111375, 0.6225, 0.95];
const tenths = [1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0];

describe('whiten', () => {
  const rows = [
    {
      name: 'moves the mean to 0 with the unbiased variance',
      values: advantages,
      settings: { shiftMean: true, variance: 'unbiased' },
      expected: [-0.51536889, 1.17261519, -1.0847255, 0.4274792],
      // The published digits.
      tolerance: 1e-7,
    },
    {
      name: 'moves the mean to 0 with the biased variance',
      values: advantages,
      settings: { shiftMean: true, variance: 'biased' },
      expected: [-0.59509671, 1.35401934, -1.25253308, 0.49361045],
      tolerance: 1e-7,
    },
    {
      name: 'keeps the mean with the biased variance, as TensorFlow does',
      values: tenths,
      settings: { shiftMean: false, variance: 'biased' },
      expected: [
        0.05080712, 0.4381061, 0.8254035, 1.2127019, 1.6, 1.9872988, 2.3745968, 2.7618952, 3.1491938,
      ],
      // Made in float32.
      tolerance: 2e-6,
    },
    {
      name: 'keeps the mean with the unbiased variance, as PyTorch does',
      values: tenths,
      settings: { shiftMean: false, variance: 'unbiased' },
      expected: [0.1394, 0.5046, 0.8697, 1.2349, 1.6, 1.9651, 2.3303, 2.6954, 3.0606],
      tolerance: 5e-5,
    },
  ] as const;
  it.each(rows)('$name', ({ values, settings, expected, tolerance }) => {
    expectClose(whiten([values], settings)[0]!, expected, tolerance);
  });

  it('uses one scale for all rows', () => {
    const settings = { shiftMean: true, variance: 'biased' } as const;
    const [first, second] = whiten([advantages.slice(0, 1), advantages.slice(1)], settings);
    expect([...first!, ...second!]).toEqual([...whiten([advantages], settings)[0]!]);
  });

  it('never reads masked numbers and gives 0 for them', () => {
    const settings = { shiftMean: false, variance: 'unbiased' } as const;
    const [masked] = whiten([[NaN, ...advantages, 1e9]], settings, [[0, 1, 1, 1, 1, 0]]);
    expect([...masked!]).toEqual([0, ...whiten([advantages], settings)[0]!, 0]);
  });

  it.each([{ rows: [] }, { rows: [[]] }, { rows: [[3]] }, { rows: [[2, 2, 2]] }])(
    'stays finite on $rows',
    ({ rows: degenerate }) => {
      const found = whiten(degenerate, { shiftMean: true, variance: 'unbiased' });
      expect(found.flatMap((row) => [...row])).toEqual(degenerate.flat().map(() => 0));
    },
  );
});
