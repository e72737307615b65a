import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newestWithRehearsal } from '../../../src/trainer/data/rehearsal.ts';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const settings = { maxDemonstrations: 10, rehearsedShare: 0.2 };

it('takes all where they are few enough', () => {
  expect(newestWithRehearsal(range(10), settings, 1)).toEqual(range(10));
});

it('takes the newest and draws some of the older', () => {
  const taken = newestWithRehearsal(range(100), settings, 1);
  expect(taken.slice(2)).toEqual(range(100).slice(92));
  expect(taken[1]).toBeLessThan(92);
  expect(newestWithRehearsal(range(100), settings, 1)).toEqual(taken);
  expect(newestWithRehearsal(range(100), settings, 2)).not.toEqual(taken);
});

it('takes as many as it may, each once, in their order', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 40 }), share, (count, max, rehearsedShare) => {
      const taken = newestWithRehearsal(range(count), { maxDemonstrations: max, rehearsedShare }, 3);
      expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
      expect(taken).toHaveLength(Math.min(count, max));
    }),
  );
});
