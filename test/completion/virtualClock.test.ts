import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/completion/virtualClock.ts';

describe('the virtual clock', () => {
  it('stands still until it is moved', () => {
    const clock = new VirtualClock(1000);
    expect(clock.nowMs()).toBe(1000);
    clock.advanceBy(250);
    expect(clock.nowMs()).toBe(1250);
  });

  it('fires timers in the order they fall due, each at its own time', () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    for (const delayMs of [300, 100, 200])
      clock.setTimer(delayMs, () => fired.push(`${delayMs} at ${clock.nowMs()}`));
    clock.advanceBy(250);
    expect(fired).toEqual(['100 at 100', '200 at 200']);
    expect(clock.nowMs()).toBe(250);
    clock.advanceBy(50);
    expect(fired.at(-1)).toBe('300 at 300');
  });

  it('fires timers that are due at the same time in the order they were set', () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    for (const name of [1, 2, 3]) clock.setTimer(10, () => fired.push(name));
    clock.advanceBy(10);
    expect(fired).toEqual([1, 2, 3]);
  });

  it('fires a timer that another one sets on the way', () => {
    const clock = new VirtualClock();
    const firedAtMs: number[] = [];
    clock.setTimer(10, () => clock.setTimer(10, () => firedAtMs.push(clock.nowMs())));
    clock.advanceBy(100);
    expect(firedAtMs).toEqual([20]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('keeps a disposed timer from firing', () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    const second = clock.setTimer(20, () => fired.push('second'));
    clock.setTimer(10, () => {
      fired.push('first');
      second.dispose();
    });
    clock.advanceBy(100);
    expect(fired).toEqual(['first']);
  });
});
