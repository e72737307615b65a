import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SharedLastEvent } from '../../../src/editor/stored/sharedLastEvent.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const minuteMs = 60_000;

it('tells another window when something last happened, to a minute', async () => {
  const path = join(temporaryFolder(), 'last-event');
  const [one, other] = [new SharedLastEvent(path), new SharedLastEvent(path)];
  expect(await other.readMs()).toBe(0);
  await one.note(10 * minuteMs);
  expect(await other.readMs()).toBe(10 * minuteMs);
  await one.note(11 * minuteMs - 1);
  expect(await other.readMs()).toBe(10 * minuteMs);
  await one.note(11 * minuteMs);
  expect(await other.readMs()).toBe(11 * minuteMs);
});

it('makes no data folder, and knows nothing where there is none', async () => {
  const folder = join(temporaryFolder(), 'none');
  const last = new SharedLastEvent(join(folder, 'last-event'));
  await last.note(minuteMs);
  expect(existsSync(folder)).toBe(false);
  expect(await last.readMs()).toBe(0);
});
