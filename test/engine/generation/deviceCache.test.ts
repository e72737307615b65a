import { describe, expect, it } from 'vitest';
import { CacheMemory, roomStep, type DeviceCache } from '../../../src/engine/generation/deviceCache.ts';
import { DevicePasses } from '../../../src/engine/generation/devicePasses.ts';
import { maxTextTokens } from '../../../src/engine/generation/modelPolicy.ts';
import { presentNames } from '../../../src/engine/model/deviceServingGraph.ts';
import { IdleDevice } from '../../support/idleDevice.ts';
import { tinyConfig } from '../../support/tinyModel.ts';

const read = (cache: DeviceCache, count: number) =>
  cache.run({ tokens: [new Array<number>(count).fill(7)], wantedRows: 1, temperature: 0, needsLogits: true });

async function cacheWithTokens(device: IdleDevice): Promise<{ cache: DeviceCache; memory: CacheMemory }> {
  const layers = Array.from({ length: tinyConfig.layerCount }, (_, layer) => layer);
  const kept = layers.flatMap((layer) => [presentNames.keys(layer), presentNames.values(layer)]);
  const memory = new CacheMemory(tinyConfig, (_, copies) => device.createSession(copies));
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
});
