import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { adaptersIn } from '../../src/process/adapters.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { heldOutPlace, kept } from '../report/sampleRun.ts';
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

  it('rolls back to the one that served before, and then to the base model', async () => {
    const { adapters } = await twoAdapters();
    await adapters.serve(a);
    await adapters.serve(b);
    expect(await adapters.rollBack(b)).toBe(a);
    expect(await adapters.rollBack(a)).toBeUndefined();
    expect(await adapters.servingId()).toBeUndefined();
  });

  it('gives what their reports are made of, and forgets the work in it', async () => {
    const { adapters, folder } = await twoAdapters();
    const c = 'c' as AdapterId;
    const [x, y] = ['file:///x.ts', 'file:///y.ts'].map((uri) => heldOutPlace('a = ', 'b', '', 'b', uri));
    await new AdapterStore(folder).save(tinyAdapter(c, {}, kept(x!, y!)));
    expect((await adapters.manifest(c)).adapterId).toBe(c);
    await adapters.forget(({ documentUri }) => documentUri === 'file:///x.ts');
    expect(await adapters.comparisons(c)).toEqual({ ...kept(y!), forgotten: 1 });
    await adapters.forget();
    expect(await adapters.comparisons(c)).toBeUndefined();
  });

  it('deletes all of them, after which the base model serves', async () => {
    const { adapters, folder } = await twoAdapters();
    await adapters.serve(b);
    await adapters.deleteAll();
    expect(existsSync(folder)).toBe(false);
    expect(await adapters.list()).toEqual([]);
    expect(await adapters.servingId()).toBeUndefined();
  });

  it('has nothing to delete where there never was one', async () => {
    const folder = join(temporaryFolder(), 'adapters');
    await adaptersIn(folder).deleteAll();
    expect(existsSync(folder)).toBe(false);
  });
});
