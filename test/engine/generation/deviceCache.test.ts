import { describe, expect, it } from 'vitest';
import { CacheMemory, roomStep, type DeviceCache } from '../../../src/engine/generation/deviceCache.ts';
import { DevicePasses } from '../../../src/engine/generation/devicePasses.ts';
import { maxTextTokens } from '../../../src/engine/generation/modelPolicy.ts';
import { presentNames } from '../../../src/engine/model/deviceServingGraph.ts';
import { IdleDevice } from '../../support/idleDevice.ts';
import { tinyConfig } from '../../support/tinyModel.ts';

const read = (cache: DeviceCache, count: number) =>
  cache.run({
    tokens: [new Array<number>(count).fill(7)],
    ...{ wantedRows: 1, temperature: 0, needsLogits: true, onlyAscii: false },
  });

async function cacheWithTokens(
  device: IdleDevice,
  createCopier = (copies: readonly string[]) => device.createSession(copies),
): Promise<{ cache: DeviceCache; memory: CacheMemory }> {
  const layers = Array.from({ length: tinyConfig.layerCount }, (_, layer) => layer);
  const kept = layers.flatMap((layer) => [presentNames.keys(layer), presentNames.values(layer)]);
  const memory = new CacheMemory(tinyConfig, (_, copies) => createCopier(copies));
  const cache = new DevicePasses(await device.createSession(kept), memory, maxTextTokens).emptyCache();
  // Beyond its room: what makes more of it is there by now, and what copies is not.
  for (const count of [10, roomStep]) await read(cache, count);
  return { cache, memory };
}

describe('DeviceCache', () => {
  it('has given its memory back before the sessions end, also that which a copy is still taken from', async () => {
    const device = new IdleDevice();
    const { cache, memory } = await cacheWithTokens(device);
    const copy = cache.beginning(5);
    for (const each of [cache, copy]) each.dispose();
    await memory.dispose();
    expect(device.tensorCount).toBe(0);
  });

  it.each<[string, (cache: DeviceCache) => unknown]>([
    ['it is disposed', (cache) => cache.dispose()],
    ['it goes on', (cache) => read(cache, 1)],
    ['it grows', (cache) => read(cache, roomStep)],
  ])('stays in memory until its copies are made, when meanwhile %s', async (_, change) => {
    const device = new IdleDevice();
    const { cache, memory } = await cacheWithTokens(device);
    const copies = [cache.beginning(5), cache.repeated(3)];
    const changed = change(cache);
    await expect(copies[0]!.layersFor(1)).resolves.toBeDefined();
    await expect(copies[1]!.layersFor(1)).resolves.toBeDefined();
    await changed;
    for (const each of [cache, ...copies]) each.dispose();
    await memory.dispose();
    expect(device.tensorCount).toBe(0);
  });

  it.each<[string, { readonly isCopierMade: boolean; readonly grows: number }]>([
    ['for the copy', { isCopierMade: true, grows: roomStep }],
    ['for what makes the copy', { isCopierMade: false, grows: 2 * roomStep }],
  ])(
    'is as it was where there is no memory %s, and grows once there is',
    async (_, { isCopierMade, grows }) => {
      const device = new IdleDevice();
      const full = new Error('out of memory');
      let isFull = false;
      const { cache, memory } = await cacheWithTokens(device, async (copies) => {
        if (isFull && !isCopierMade) throw full;
        const copier = await device.createSession(copies);
        return {
          ...copier,
          run: (feeds, outputs) => (isFull ? Promise.reject(full) : copier.run(feeds, outputs)),
        };
      });
      isFull = true;
      await expect(read(cache, grows)).rejects.toBe(full);
      isFull = false;
      await expect(read(cache, 1)).resolves.toHaveLength(1);
      await expect(read(cache, grows)).resolves.toHaveLength(1);
      cache.dispose();
      await memory.dispose();
      expect(device.tensorCount).toBe(0);
    },
  );

  it('gives back what it has where what makes copies could not be made', async () => {
    const device = new IdleDevice();
    const ended: string[] = [];
    let made = 0;
    const { cache, memory } = await cacheWithTokens(device, async (copies) => {
      if (++made > 1) throw new Error('out of memory');
      const copier = await device.createSession(copies);
      return { ...copier, dispose: () => Promise.resolve(void ended.push('copier')) };
    });
    const failing = read(cache, 2 * roomStep).catch(() => undefined);
    cache.beginning(5).dispose();
    await memory.dispose();
    await failing;
    expect(ended).toEqual(['copier']);
  });
});
