import { gatherRows } from '../graph/build.ts';
import { GraphBuilder } from '../graph/graphBuilder.ts';
import type { Graph, Value } from '../graph/ir.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import { cachedHeadSize } from './paddedHeads.ts';
import { cacheNames } from './servingGraph.ts';

/**
 * Copies a cache inside a device's memory: text i of the copy is text `texts[i]` of the cache.
 *
 *   pastKeys.i [B,K,P,D] ─ gatherRows texts [C] ─ pad ─ pastKeys.i [C,K,P+addedRoom,D]
 */
export function cacheCopyGraph(config: ModelConfig, addedRoom: number): Graph {
  const g = new GraphBuilder();
  const texts = g.input('texts', ['C'], 'int32');
  const copies = cacheInputNames(config).map((name): [string, Value] => {
    const cache = g.input(name, ['B', config.kvHeadCount, 'P', cachedHeadSize(config)]);
    const copy = gatherRows(g, cache, texts, `${name}/copy`);
    if (addedRoom === 0) return [name, copy];
    return [name, g.apply('pad', [copy], { axis: 2, before: 0, behind: addedRoom }, `${name}/room`)];
  });
  return g.finish(Object.fromEntries(copies));
}

/** Names of all cache inputs of the serving graphs. */
export function cacheInputNames({ layerCount }: ModelConfig): readonly string[] {
  return Array.from({ length: layerCount }, (_, layer) => [
    cacheNames.pastKeys(layer),
    cacheNames.pastValues(layer),
  ]).flat();
}
