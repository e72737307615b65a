import { expect, it } from 'vitest';
import { timeLeft } from '../../scripts/setup/progress.mjs';

it.each([
  [undefined, 100, ''],
  [0.01, 100, ''],
  [0.5, 2, ''],
  [0.5, 60, ', 60 s left'],
  [0.1, 60, ', 9 min left'],
])('with a share of %s done after %d s it says %j', (share, seconds, text) => {
  expect(timeLeft(share, seconds)).toBe(text);
});
