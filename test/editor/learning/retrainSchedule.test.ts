import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import {
  isRetrainDue,
  RetrainSchedule,
  type RetrainFacts,
} from '../../../src/editor/learning/retrainSchedule.ts';
import { parseSettings, settingsAt } from '../../../src/editor/settings/settings.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const due: RetrainFacts = {
  schedule: 'dailyWhenIdle',
  nowMs: 10 * dayMs,
  last: { atMs: 9 * dayMs },
  lastEventMs: 10 * dayMs - 10 * minuteMs,
  newRecords: () => 50,
};

describe('isRetrainDue', () => {
  it.each<[string, Partial<RetrainFacts>, boolean]>([
    ['once a day, idle, with enough that is new', {}, true],
    ['before the first retraining', { last: { atMs: 0 } }, true],
    ['not by hand', { schedule: 'manual' }, false],
    ['not twice a day', { last: { atMs: 9 * dayMs + 1 } }, false],
    ['not while somebody types', { lastEventMs: 10 * dayMs - 9 * minuteMs }, false],
    ['not with little that is new', { newRecords: () => 49 }, false],
  ])('%s', (_, facts, expected) => {
    expect(isRetrainDue({ ...due, ...facts })).toBe(expected);
  });
});

function scheduled(
  isOnPower: () => Promise<boolean>,
  lastEventAnywhereMs = () => Promise.resolve(0),
  recordCountSince: (sinceMs: number) => number = () => 60,
) {
  const clock = new VirtualClock(10 * dayMs);
  const runs: number[] = [];
  const schedule = new RetrainSchedule({
    settings: () =>
      settingsAt(
        parseSettings((name) => (name === 'retrainSchedule' ? 'dailyWhenIdle' : undefined)).settings,
        undefined,
      ),
    feedback: { lastEventMs: 0, lastEventAnywhereMs, recordCountSince },
    memory: { last: { atMs: 5 * dayMs, learnedUntilMs: 4 * dayMs } },
    clock,
    isOnPower,
    retrain: () => runs.push(clock.nowMs()),
  });
  return { clock, runs, schedule };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('RetrainSchedule', () => {
  it('retrains when it is due, again and again asked, and not after it is disposed', async () => {
    const { clock, runs, schedule } = scheduled(() => Promise.resolve(true));
    clock.advanceTo(10 * dayMs + 11 * minuteMs);
    await settled();
    expect(runs).toHaveLength(2);
    schedule.dispose();
    expect(clock.pendingTimers).toBe(0);
  });

  it('counts what no retraining has learned from, also where the last came to nothing, however much was forgotten meanwhile', async () => {
    const asked: number[] = [];
    const counting = (sinceMs: number) => asked.push(sinceMs) && 50;
    const { clock, runs } = scheduled(
      () => Promise.resolve(true),
      () => Promise.resolve(0),
      counting,
    );
    clock.advanceBy(6 * minuteMs);
    await settled();
    expect(runs).toHaveLength(1);
    expect(new Set(asked)).toEqual(new Set([4 * dayMs]));
  });

  it('waits until the machine is plugged in', async () => {
    let isPlugged = false;
    const { clock, runs } = scheduled(() => Promise.resolve(isPlugged));
    clock.advanceBy(6 * minuteMs);
    await settled();
    expect(runs).toEqual([]);
    isPlugged = true;
    clock.advanceBy(6 * minuteMs);
    await settled();
    expect(runs).toHaveLength(1);
  });

  it('waits while somebody types in another window', async () => {
    let anywhereMs = 10 * dayMs;
    const { clock, runs } = scheduled(
      () => Promise.resolve(true),
      () => Promise.resolve(anywhereMs),
    );
    clock.advanceTo(10 * dayMs + 6 * minuteMs);
    await settled();
    anywhereMs = 10 * dayMs + 5 * minuteMs;
    clock.advanceTo(10 * dayMs + 11 * minuteMs);
    await settled();
    expect(runs).toEqual([]);
    clock.advanceTo(10 * dayMs + 16 * minuteMs);
    await settled();
    expect(runs).toHaveLength(1);
  });
});
