import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { adaptersIn } from '../../src/process/adapters.ts';
import { AdapterStore } from '../../src/trainer/adapterStore.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { tinyAdapter } from '../trainer/adapterFixture.ts';

const [a, b] = ['a', 'b'] as unknown as [AdapterId, AdapterId];

async function twoAdapters() {
  const folder = join(temporaryFolder(), 'adapters');
  for (const id of [a, b]) await new AdapterStore(folder).save(tinyAdapter(id));
  return { folder, adapters: adaptersIn(folder) };
}

describe('adaptersIn', () => {
  it('lists them and lets any of them, or none, serve', async () => {
    const { adapters } = await twoAdapters();
    expect((await adapters.list()).map(({ id }) => id)).toEqual([a, b]);
    expect(await adapters.servingId()).toBeUndefined();
    await adapters.serve(a);
    expect(await adapters.servingId()).toBe(a);
    await adapters.serve(undefined);
    expect(await adapters.servingId()).toBeUndefined();
  });

  it('deletes all of them, after which the base model serves', async () => {
    const { adapters, folder } = await twoAdapters();
    await adapters.serve(b);
    await adapters.deleteAll();
    expect(existsSync(folder)).toBe(false);
    expect(await adapters.list()).toEqual([]);
    expect(await adapters.servingId()).toBeUndefined();
  });
});
