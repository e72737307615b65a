import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/completion/systemClock.ts';
import { VirtualClock } from '../../src/completion/virtualClock.ts';

it('calls at the time set, and not when disposed before', async () => {
  const called: string[] = [];
  systemClock.setTimer(1, () => called.push('first'));
  systemClock.setTimer(1, () => called.push('disposed')).dispose();
  await wait(10);
  expect(called).toEqual(['first']);
});

it('has a fake whose timers fire in the order they fall due, those set on the way included', () => {
  const clock = new VirtualClock();
  const called: string[] = [];
  clock.setTimer(20, () => called.push(`late ${clock.nowMs()}`));
  clock.setTimer(10, () => {
    called.push(`early ${clock.nowMs()}`);
    clock.setTimer(5, () => called.push(`between ${clock.nowMs()}`));
  });
  clock.advanceBy(100);
  expect(called).toEqual(['early 10', 'between 15', 'late 20']);
  expect(clock.pendingTimers).toBe(0);
});
