import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/completion/systemClock.ts';

it('calls at the time set, and not when disposed before', async () => {
  const called: string[] = [];
  systemClock.setTimer(1, () => called.push('first'));
  systemClock.setTimer(1, () => called.push('disposed')).dispose();
  await wait(10);
  expect(called).toEqual(['first']);
});
