import { describe, expect, it } from 'vitest';
import { whiten } from '../../../src/trainer/stages/whiten.ts';
import { expectClose } from '../../support/expectTensor.ts';

const advantages = [0.74580625, 1.111375, 0.6225, 0.95];

describe('whiten', () => {
  it('moves the mean to 0 and divides by the biased deviation', () => {
    const [whitened] = whiten([advantages]);
    // The published digits.
    expectClose(whitened!, [-0.59509671, 1.35401934, -1.25253308, 0.49361045], 1e-7);
  });

  it('uses one scale for all rows', () => {
    const [first, second] = whiten([advantages.slice(0, 1), advantages.slice(1)]);
    expect([...first!, ...second!]).toEqual([...whiten([advantages])[0]!]);
  });

  it.each([{ rows: [] }, { rows: [[]] }, { rows: [[3]] }, { rows: [[2, 2, 2]] }])(
    'stays finite on $rows',
    ({ rows }) => {
      const found = whiten(rows);
      expect(found.flatMap((row) => [...row])).toEqual(rows.flat().map(() => 0));
    },
  );
});
