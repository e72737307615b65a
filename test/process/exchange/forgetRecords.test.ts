import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AdapterId } from '../../../src/engine/policy.ts';
import { openFeedbackStore } from '../../../src/feedback/storing/sqliteFeedbackStore.ts';
import { adaptersIn } from '../../../src/process/adapters.ts';
import { dataPathsIn } from '../../../src/process/dataFolder.ts';
import { forgetRecords, learnersOf } from '../../../src/process/exchange/forgetRecords.ts';
import { AdapterStore } from '../../../src/trainer/adapters/adapterStore.ts';
import { sampleCompletion } from '../../feedback/sampleRecords.ts';
import { heldOutPlace, kept } from '../../report/sampleRun.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyAdapter } from '../../trainer/adapterFixture.ts';

const marker = 'a text that must be gone';

/** Everything below a folder, as text. */
function bytesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('');
}

it('forgets a record in the store and beside every adapter, and leaves no byte of it', async () => {
  const folder = temporaryFolder();
  const paths = dataPathsIn(folder);
  const { store } = openFeedbackStore(paths.store, 0);
  const place = heldOutPlace('x = ', marker, '', marker, 'file:///a.ts');
  const { atMs } = place.demonstration;
  const record = sampleCompletion('c1', { atMs, finalText: marker });
  store.addCompletion(record);
  store.addCompletion(sampleCompletion('c2', { atMs: atMs + 1 }));
  const adapters = new AdapterStore(paths.adapters);
  await adapters.save(
    tinyAdapter('one', {}, kept(place, heldOutPlace('y = ', 'z', '', 'z', 'file:///b.ts'))),
  );
  expect(bytesIn(folder)).toContain(marker);
  expect(await forgetRecords([record], store, paths)).toBe(1);
  expect(bytesIn(folder)).not.toContain(marker);
  expect(await adapters.comparisons('one' as AdapterId)).toMatchObject({ forgotten: 1 });
  expect(store.completions().map(({ id }) => id)).toEqual(['c2']);
  store.close();
});

it('says which adapters learned from a record, and which is the newest that did not', async () => {
  const folder = temporaryFolder();
  const store = new AdapterStore(folder);
  await store.save({ ...tinyAdapter('a'), learnedFrom: ['r1'] });
  await store.save({ ...tinyAdapter('b'), learnedFrom: ['r1', 'r2'] });
  await store.save(tinyAdapter('c'));
  await store.save({ ...tinyAdapter('d', { baseModelId: 'other' }), learnedFrom: [] });
  const adapters = adaptersIn(folder);
  const now = { servingId: 'b' as AdapterId, model: 'tiny' };
  expect(await learnersOf(['r2'], adapters, now)).toEqual({
    ...{ learned: ['b'], unknown: ['c'], isServing: true, newestWithout: 'a' },
  });
  expect(await learnersOf(['r1'], adapters, now)).toMatchObject({
    ...{ learned: ['a', 'b'], newestWithout: undefined },
  });
  const base = { ...now, servingId: undefined };
  expect(await learnersOf(['r1'], adapters, base)).toMatchObject({ isServing: false });
});
