import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PeakMemory } from '../../../bench/learning/peakMemory.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

it('knows the most of all processes that went on with a run', () => {
  const path = join(temporaryFolder(), 'peakMemory.json');
  let mb = 2;
  const first = new PeakMemory(path, () => mb);
  expect(first.note()).toBe(2);
  mb = 7;
  expect(first.note()).toBe(7);
  mb = 5;
  const second = new PeakMemory(path, () => mb);
  expect(second.note()).toBe(7);
  mb = 9;
  expect(second.note()).toBe(9);
});

it('knows what this process has', () => {
  expect(new PeakMemory(join(temporaryFolder(), 'peakMemory.json')).note()).toBeGreaterThan(1);
});
