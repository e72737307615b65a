import { expect, it } from 'vitest';
import { precisionResult, precisionText } from '../../../bench/precision/precisionReport.ts';

const after = (float32: number, int8: number, seed: number) => ({
  ...{ seed, float32: { before: 3, after: float32 }, int8: { before: 3, after: int8 } },
});

it('says of each seed what int8 changes, and takes the median', () => {
  const result = precisionResult('some-model', 200, [
    after(2, 2.02, 1),
    after(2, 1.99, 2),
    after(2, 2.08, 3),
  ]);
  expect(result.change).toBeCloseTo(0.01, 10);
  expect(precisionText(result).split('\n')).toEqual([
    'some-model: held-out token loss in nats after 200 steps; before, 3.0000',
    '  seed 1: float32 2.0000, int8 2.0200 (+1.00 %)',
    '  seed 2: float32 2.0000, int8 1.9900 (-0.50 %)',
    '  seed 3: float32 2.0000, int8 2.0800 (+4.00 %)',
    '  median +1.00 %',
  ]);
});
