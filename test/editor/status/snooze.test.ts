import { expect, it } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { Snooze, snoozeChoices } from '../../../src/editor/status/snooze.ts';

const memory = () => {
  const values = new Map<string, unknown>();
  return {
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
  };
};

it('lasts as long as was said, tells when it begins and ends, and leaves no timer behind', () => {
  const clock = new VirtualClock(1000);
  const told: (number | undefined)[] = [];
  const snooze: Snooze = new Snooze(memory(), clock, () => told.push(snooze.untilMs));
  expect(snooze.untilMs).toBeUndefined();
  snooze.begin(61_000);
  clock.advanceBy(59_999);
  expect(told).toEqual([61_000]);
  clock.advanceBy(1);
  expect(told).toEqual([61_000, undefined]);
  expect(clock.pendingTimers).toBe(0);
});

it('can be ended, and begun anew for another time', () => {
  const clock = new VirtualClock(1000);
  const told: (number | undefined)[] = [];
  const snooze: Snooze = new Snooze(memory(), clock, () => told.push(snooze.untilMs));
  snooze.begin(61_000);
  snooze.end();
  snooze.begin(5000);
  expect(told).toEqual([61_000, undefined, 5000]);
  snooze.dispose();
  expect(clock.pendingTimers).toBe(0);
});

it('goes on in the next window, unless it is over by then', () => {
  const values = memory();
  new Snooze(values, new VirtualClock(1000), () => undefined).begin(61_000);
  expect(new Snooze(values, new VirtualClock(60_999), () => undefined).untilMs).toBe(61_000);
  expect(new Snooze(values, new VirtualClock(61_000), () => undefined).untilMs).toBeUndefined();
});

it.each([
  [new Date(2026, 10, 28, 18, 30), new Date(2026, 10, 29, 6)],
  [new Date(2026, 10, 28, 1, 30), new Date(2026, 10, 28, 6)],
  [new Date(2026, 11, 31, 23, 59), new Date(2027, 0, 1, 6)],
])('takes the next morning for tomorrow: at %s it is %s', (now, morning) => {
  expect(snoozeChoices(now.getTime()).map(({ label, untilMs }) => [label, untilMs - now.getTime()])).toEqual([
    ['5 minutes', 300_000],
    ['15 minutes', 900_000],
    ['1 hour', 3_600_000],
    ['Until tomorrow', morning.getTime() - now.getTime()],
  ]);
});
