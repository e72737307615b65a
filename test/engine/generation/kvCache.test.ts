import { describe, expect, it } from 'vitest';
import { KvCache } from '../../../src/engine/generation/kvCache.ts';
import { cachedHeadSize } from '../../../src/engine/model/paddedHeads.ts';
import { cacheNames } from '../../../src/engine/model/servingGraph.ts';
import { floatsOf, type Tensor } from '../../../src/engine/runtime/session.ts';
import { tinyConfig } from '../../support/tinyModel.ts';

const { layerCount, kvHeadCount } = tinyConfig;
const headSize = cachedHeadSize(tinyConfig);

/** What a run over `count` tokens gives: element `position * 1000 + head * 100 + i`, values negative. */
function outputsAt(start: number, count: number, batch = 1): Record<string, Tensor> {
  const dims = [batch, count, kvHeadCount * headSize];
  const element = (index: number): number => {
    const position = start + (Math.floor(index / headSize / kvHeadCount) % count);
    const head = Math.floor(index / headSize) % kvHeadCount;
    return position * 1000 + head * 100 + (index % headSize);
  };
  const keys = Float32Array.from({ length: batch * kvHeadCount * count * headSize }, (_, i) => element(i));
  const values = keys.map((x) => -x);
  return Object.fromEntries(
    Array.from({ length: layerCount }, (_, layer) => [
      [cacheNames.newKeys(layer), { dims, data: keys }],
      [cacheNames.newValues(layer), { dims, data: values }],
    ]).flat(),
  ) as Record<string, Tensor>;
}

/** Checks that every text holds exactly the positions 0 to `length`, in both its keys and its values. */
function expectHolds(cache: KvCache, length: number): void {
  const feeds = cache.feeds(5);
  expect(feeds['lastPosition']!.data).toEqual(new Int32Array(cache.batch).fill(length + 4));
  expect(feeds['tokenCount']!.data).toEqual(Int32Array.of(length + 5));
  for (const [name, sign] of [
    [cacheNames.pastKeys(layerCount - 1), 1],
    [cacheNames.pastValues(0), -1],
  ] as const) {
    const room = feeds[name]!.dims[2]!;
    floatsOf(feeds, name).forEach((x, index) => {
      const position = Math.floor(index / headSize) % room;
      const head = Math.floor(index / headSize / room) % kvHeadCount;
      if (position < length) expect(sign * x).toBe(position * 1000 + head * 100 + (index % headSize));
    });
  }
}

describe('KvCache', () => {
  it('holds all positions in order while it grows', () => {
    const cache = new KvCache(tinyConfig, 1);
    for (let start = 0; start < 200; start += 40) cache.append(outputsAt(start, 40), 40);
    expectHolds(cache, 200);
  });

  it('writes over what was cut off', () => {
    const cache = new KvCache(tinyConfig, 1);
    cache.append(outputsAt(7, 30), 30);
    cache.truncate(0);
    cache.append(outputsAt(0, 20), 20);
    expectHolds(cache, 20);
  });

  it('gives a beginning that goes on by itself', () => {
    const cache = new KvCache(tinyConfig, 1);
    cache.append(outputsAt(0, 150), 150);
    const beginning = cache.beginning(70);
    expect(beginning.bytes).toBeLessThan(cache.bytes);
    expectHolds(beginning, 70);
    beginning.append(outputsAt(70, 100), 100);
    expectHolds(beginning, 170);
    expectHolds(cache, 150);
  });

  it('begins several texts alike', () => {
    const cache = new KvCache(tinyConfig, 1);
    cache.append(outputsAt(0, 10), 10);
    const batch = cache.repeated(3);
    batch.append(outputsAt(10, 1, 3), 1);
    expectHolds(batch, 11);
  });
});
