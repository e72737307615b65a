import { describe, expect, it } from 'vitest';
import { Eagerness } from '../../../src/completion/asking/eagerness.ts';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';

describe('Eagerness', () => {
  function afterRefusals(count: number): { clock: VirtualClock; eagerness: Eagerness } {
    const clock = new VirtualClock(1_000_000);
    const eagerness = new Eagerness(clock);
    for (let i = 0; i < count; i++) eagerness.noteRefused();
    return { clock, eagerness };
  }

  it.each([
    [0, 0],
    [2, 0],
    [3, 250],
    [4, 500],
    [50, 1500],
  ])('after %i refusals in a row waits %i ms longer', (refusals, extraMs) => {
    expect(afterRefusals(refusals).eagerness.extraDelayMs()).toBe(extraMs);
  });

  it('is back at once when a completion is accepted', () => {
    const { eagerness } = afterRefusals(5);
    eagerness.noteAccepted();
    expect(eagerness.extraDelayMs()).toBe(0);
  });

  it('forgets refusals after five minutes', () => {
    const { clock, eagerness } = afterRefusals(5);
    clock.advanceBy(5 * 60_000);
    expect(eagerness.extraDelayMs()).toBe(0);
    eagerness.noteRefused();
    expect(eagerness.extraDelayMs()).toBe(0);
  });
});
