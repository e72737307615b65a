import { expect, it } from 'vitest';
import { showSteps } from '../../../bench/report/timeLeft.ts';

it('says how long the rest takes at the pace so far', () => {
  const notes: string[] = [];
  let nowMs = 0;
  const progress = {
    update: (_done: number, _total: number, note: string) => notes.push(note),
    finish: () => undefined,
  };
  const steps = showSteps('typing', 11, progress, () => nowMs);
  nowMs = 5_000;
  steps.done('first');
  nowMs = 100_000;
  steps.done('second');
  expect(notes).toEqual(['first, 50 s left', 'second, 8 min left']);
});
