import { expect, it } from 'vitest';
import { decideAfterCrash, type AfterCrash } from '../../../src/process/serving/restarts.ts';

const restart = (delayMs: number): AfterCrash => ({ kind: 'restart', delayMs });
const seconds = (...times: number[]): number[] => times.map((time) => time * 1000);

it.each([
  ['a first crash is followed by a restart at once', seconds(100), restart(0)],
  ['a second one waits longer', seconds(100, 130), restart(5_000)],
  [
    'a third one within a minute ends it',
    seconds(100, 130, 159),
    { kind: 'giveUp', crashCount: 3, minutes: 1 },
  ],
  ['a third one after more than a minute waits long', seconds(100, 130, 161), restart(30_000)],
  ['so does a fourth', seconds(0, 61, 122, 183), restart(30_000)],
  [
    'a sixth within ten minutes ends it, though each engine lived for half a minute',
    seconds(28, 56, 89, 147, 205, 263),
    { kind: 'giveUp', crashCount: 6, minutes: 10 },
  ],
  ['a crash after ten quiet minutes is a first one', seconds(0, 61, 122, 722), restart(0)],
])('%s', (_, crashTimesMs, expected) => {
  expect(decideAfterCrash(crashTimesMs)).toEqual(expected);
});
