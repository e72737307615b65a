import { expect, it } from 'vitest';
import { KeyboardWork } from '../../bench/keys/keyboardWork.ts';
import { percentile } from '../../bench/report/statistics.ts';

const keyCount = 5000;

/** A key that waited for a processor in one round is there at once in another. */
const roundCount = 3;

/** Of which a key may take as much at the 99th percentile: an eighth of a frame at 60 a second. */
const maxMs = 2;

it(
  'takes less than 2 ms of the extension host for 99 of 100 keys, of 5,000',
  { timeout: 600_000 },
  async () => {
    const least = Array.from({ length: keyCount }, () => Infinity);
    for (let round = 0; round < roundCount; round++) {
      const work = new KeyboardWork();
      for (let key = 0; key < keyCount; key++) {
        const begunMs = performance.now();
        work.pressKey();
        least[key] = Math.min(least[key]!, performance.now() - begunMs);
        await work.rest();
      }
      expect(work.offered).toBeGreaterThan(0);
    }
    expect(percentile(least, 0.99)).toBeLessThan(maxMs);
  },
);
