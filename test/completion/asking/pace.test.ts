import { describe, expect, it } from 'vitest';
import { kindOf, readRhythm, type KeystrokeKind } from '../../../bench/latency/rhythm.ts';
import { readTypedFiles, stretchesOf } from '../../../bench/latency/stretches.ts';
import { Pace } from '../../../src/completion/asking/pace.ts';

function paceAfter(gapsMs: readonly number[]): Pace {
  const pace = new Pace();
  let nowMs = 1000;
  pace.noteKey(nowMs);
  for (const gapMs of gapsMs) pace.noteKey((nowMs += gapMs));
  return pace;
}

const gaps = (count: number, gapMs: number): number[] => Array.from({ length: count }, () => gapMs);

describe('Pace', () => {
  it.each([
    ['takes the usual rest until it knows the person', gaps(9, 200), 125],
    ['takes the median time between two keys', gaps(10, 200), 200],
    ['is not moved by pauses within the typing', [...gaps(10, 200), ...gaps(4, 900)], 200],
    ['does not count pauses to think', [...gaps(10, 200), ...gaps(30, 1001)], 200],
    ['rests no shorter than a rest can be told', gaps(10, 20), 75],
    ['rests no longer than anybody waits', gaps(10, 600), 300],
    ['follows somebody who becomes slower', [...gaps(50, 100), ...gaps(26, 250)], 250],
  ])('%s', (_, gapsMs, restMs) => {
    expect(paceAfter(gapsMs).restMs).toBe(restMs);
  });

  it('has the policy begin in time, by how long it takes', () => {
    const pace = new Pace();
    expect(pace.headStartMs).toBe(125);
    for (const ms of [30, 40, 50]) pace.noteWritten(ms);
    expect(pace.headStartMs).toBe(125);
    for (let i = 0; i < 20; i++) pace.noteWritten(150);
    expect(pace.headStartMs).toBe(300);
  });
});

/** Of the keys of a kind, how many a completion could come behind that was not there before: a rest of the given length. */
function interruptedShare(speed: number, restOf: (pace: Pace) => number): Record<KeystrokeKind, number> {
  const pace = new Pace();
  const seen = { withinWord: [0, 0], wordEnd: [0, 0], lineEnd: [0, 0] };
  let nowMs = 0;
  const amount = { placesPerFile: 8, linesPerPlace: 6 };
  for (const { keystrokes } of stretchesOf(readTypedFiles(), amount, readRhythm()))
    for (const { typed, restMs } of keystrokes) {
      pace.noteKey(nowMs);
      const counts = seen[kindOf(typed)];
      counts[1]! += 1;
      if (restMs * speed >= restOf(pace)) counts[0]! += 1;
      nowMs += restMs * speed;
    }
  const share = ([times, all]: number[]): number => times! / all!;
  return {
    withinWord: share(seen.withinWord),
    wordEnd: share(seen.wordEnd),
    lineEnd: share(seen.lineEnd),
  };
}

describe('a rest that follows the rhythm', () => {
  it('interrupts a word half as often as 125 ms at the recorded rhythm, and comes at every line end', () => {
    const fixed = interruptedShare(1, () => 125);
    const paced = interruptedShare(1, ({ restMs }) => restMs);
    expect(fixed.withinWord).toBeGreaterThan(0.75);
    expect(paced.withinWord).toBeLessThan(0.45);
    expect(paced.lineEnd).toBeGreaterThan(0.95);
  });

  it.each([0.6, 1, 1.4])('interrupts as often whoever types %s times as slowly', (speed) => {
    const { withinWord, lineEnd } = interruptedShare(speed, ({ restMs }) => restMs);
    expect(withinWord).toBeGreaterThan(0.35);
    expect(withinWord).toBeLessThan(0.45);
    expect(lineEnd).toBeGreaterThan(0.95);
  });
});
