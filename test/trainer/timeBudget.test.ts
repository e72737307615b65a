import { describe, expect, it } from 'vitest';
import { endOfStageSeconds, keepingBack, reasonOfTime, stepsWithin } from '../../src/trainer/timeBudget.ts';

describe('stepsWithin', () => {
  const cases: [what: string, time: Parameters<typeof stepsWithin>[0], steps: number][] = [
    ['all steps without a budget', { step: 3, seconds: 300, secondsLeft: Infinity, expectedSeconds: 0 }, 10],
    ['all steps before the pace is known', { step: 0, seconds: 0, secondsLeft: 5, expectedSeconds: 0 }, 10],
    [
      'none where the time was over before the first',
      { step: 0, seconds: 0, secondsLeft: -1, expectedSeconds: 0 },
      0,
    ],
    [
      'none where the first is expected not to fit',
      { step: 0, seconds: 0, secondsLeft: 5, expectedSeconds: 6 },
      0,
    ],
    ['those that fit at the pace so far', { step: 2, seconds: 20, secondsLeft: 35, expectedSeconds: 0 }, 5],
    ['no more than there are', { step: 2, seconds: 20, secondsLeft: 1000, expectedSeconds: 0 }, 10],
    [
      'those that are done when the next does not fit',
      { step: 4, seconds: 40, secondsLeft: 9, expectedSeconds: 0 },
      4,
    ],
    [
      'those that are done when the time is over',
      { step: 4, seconds: 40, secondsLeft: -9, expectedSeconds: 0 },
      4,
    ],
  ];

  it.each(cases)('is %s', (_, time, steps) => expect(stepsWithin(time, 10)).toBe(steps));
});

it('ends the stages one after the other, the gate with the budget', () => {
  const ends = (['sft', 'reward', 'ppo', 'gate'] as const).map((part) => endOfStageSeconds(part, 60_000));
  expect(ends).toEqual(ends.toSorted((a, b) => a - b));
  expect(ends.at(-1)).toBe(60);
  expect(endOfStageSeconds('sft', undefined)).toBe(Infinity);
});

it('keeps back a share of what is left at that moment', () => {
  let left = 100;
  const training = keepingBack(() => left, 0.5);
  expect(training()).toBe(50);
  left = 60;
  expect(training()).toBe(10);
  expect(keepingBack(() => Infinity, 0.5)()).toBe(Infinity);
});

it('says when there was no time for all steps', () => {
  expect(reasonOfTime(10, 10)).toBeUndefined();
  expect(reasonOfTime(4, 10)).toBe('there was time for 4 of 10 steps');
});
