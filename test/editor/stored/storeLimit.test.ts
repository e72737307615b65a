import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { StoreLimit } from '../../../src/editor/stored/storeLimit.ts';
import { recordingLog } from '../recordingLog.ts';

const minuteMs = 60_000;

function limited(keepWithin: (maxBytes: number) => number) {
  const clock = new VirtualClock();
  const { log, lines } = recordingLog();
  let trimmed = 0;
  const onTrimmed = () => (trimmed += 1);
  const limit = new StoreLimit({ store: { keepWithin }, limitBytes: () => 5e8, clock, log, onTrimmed });
  return { clock, lines, limit, trimmed: () => trimmed };
}

describe('StoreLimit', () => {
  it('says in the log what went, every few minutes anew', () => {
    const { clock, lines, limit, trimmed } = limited((maxBytes) => (maxBytes === 5e8 ? 3 : 0));
    clock.advanceBy(10 * minuteMs);
    expect(lines).toEqual(
      Array(2).fill('warn The store reached its limit of 500 MB: the 3 oldest records went.'),
    );
    expect(trimmed()).toBe(2);
    limit.dispose();
    expect(clock.pendingTimers).toBe(0);
  });

  it('is silent while all fits', () => {
    const { clock, lines, trimmed } = limited(() => 0);
    clock.advanceBy(10 * minuteMs);
    expect(lines).toEqual([]);
    expect(trimmed()).toBe(0);
  });

  it('goes on after the store could not be cut', () => {
    const { clock, lines } = limited(() => {
      throw new Error('busy');
    });
    clock.advanceBy(10 * minuteMs);
    expect(lines).toEqual(Array(2).fill('warn The store could not be held at its limit: busy'));
  });
});
