import { describe, expect, it } from 'vitest';
import { KvCache } from '../../../src/engine/generation/kvCache.ts';
import { cacheCopyGraph } from '../../../src/engine/model/cacheCopyGraph.ts';
import { deviceServingGraph, presentNames } from '../../../src/engine/model/deviceServingGraph.ts';
import { freshLora, loraLayout, type Adapter } from '../../../src/engine/model/lora.ts';
import { cacheNames, servingGraph } from '../../../src/engine/model/servingGraph.ts';
import { interpretGraph } from '../../../src/engine/graph/interpret.ts';
import { RandomStream } from '../../../src/engine/random.ts';
import { createOnnxSession } from '../../../src/engine/runtime/onnxSession.ts';
import {
  floatTensor,
  floatsOf,
  int32Tensor,
  int64Tensor,
  type Session,
  type Tensor,
} from '../../../src/engine/runtime/session.ts';
import { expectClose } from '../../support/expectTensor.ts';
import { tinyDeviceConfig as config, writeTinyModel } from '../../support/tinyModel.ts';

/** float32 on both sides, sums in another order. */
const float32Noise = 1e-4;
const room = 8;
const tokens = [3, 1, 4, 1, 5, 9];

/** An adapter that changes something. */
function busyAdapter(): Adapter {
  const lora = { rank: 2, alpha: 4 };
  const theta = freshLora(loraLayout(config, lora), RandomStream.named(1, 'lora'));
  return { lora, theta: theta.map((value, i) => value + 0.05 * Math.sin(i)) };
}

/** The logits behind every token from the serving graph of the CPU. */
async function cpuLogits(adapter: Adapter | undefined): Promise<Float32Array> {
  const { weights } = await writeTinyModel(config);
  const graph = servingGraph(config, room, { precision: 'float32', lora: adapter?.lora });
  const session = await createOnnxSession(graph, [weights], { purpose: 'serve', threads: 1 });
  const count = tokens.length;
  const outputs = await session.run({
    ...new KvCache(config, 1).feeds(count),
    tokens: int32Tensor(tokens, [1, count]),
    positions: int64Tensor([...tokens.keys()], [1, count]),
    logitRows: int32Tensor([...tokens.keys()]),
    inverseTemperature: floatTensor([1], []),
    ...(adapter === undefined ? {} : { theta: floatTensor(adapter.theta) }),
  });
  await session.dispose();
  return floatsOf(outputs, 'logits');
}

/** Runs some tokens behind a cache, or behind an empty one. */
function runBehind(
  session: Session,
  cache: Readonly<Record<string, Tensor>> | undefined,
  from: number,
  to: number,
) {
  const empty = floatTensor(new Float32Array(config.kvHeadCount * room * config.headSize), [
    1,
    config.kvHeadCount,
    room,
    config.headSize,
  ]);
  const layers = Array.from({ length: config.layerCount }, (_, layer) => [
    [cacheNames.pastKeys(layer), cache?.[presentNames.keys(layer)] ?? empty],
    [cacheNames.pastValues(layer), cache?.[presentNames.values(layer)] ?? empty],
  ]).flat();
  return session.run({
    ...(Object.fromEntries(layers) as Record<string, Tensor>),
    tokens: int32Tensor(tokens.slice(from, to), [1, to - from]),
    lastPosition: int32Tensor([to - 1]),
    tokenCount: int32Tensor([to], []),
    logitRows: int32Tensor([...tokens.slice(from, to).keys()]),
    inverseTemperature: floatTensor([1], []),
  });
}

describe('deviceServingGraph', () => {
  it.each([
    ['the bare model', undefined],
    ['an adapter', busyAdapter()],
  ])('gives the logits of the serving graph, chunk by chunk, for %s', async (_, adapter) => {
    const expected = await cpuLogits(adapter);
    const { weights } = await writeTinyModel(config);
    const graph = deviceServingGraph(config, room, { precision: 'float32', adapter });
    const session = await createOnnxSession(graph, [weights], { purpose: 'serve', threads: 1 });
    const first = await runBehind(session, undefined, 0, 3);
    const second = await runBehind(session, first, 3, 5);
    const third = await runBehind(session, second, 5, 6);
    const actual = [first, second, third].flatMap((outputs) => Array.from(floatsOf(outputs, 'logits')));
    expectClose(actual, expected, float32Noise);
    await session.dispose();
  });
});

it('cacheCopyGraph repeats texts and adds room behind them', () => {
  const small = { ...config, layerCount: 1, kvHeadCount: 1 };
  const row = (value: number): number[] => new Array<number>(config.headSize).fill(value);
  const cache = { shape: [2, 1, 2, config.headSize], data: Float64Array.from([1, 2, 3, 4].flatMap(row)) };
  const copy = interpretGraph(cacheCopyGraph(small, 1), {
    inputs: {
      [cacheNames.pastKeys(0)]: cache,
      [cacheNames.pastValues(0)]: cache,
      texts: { shape: [3], data: Float64Array.of(1, 1, 0) },
    },
  });
  const once = [3, 4, 0];
  expect(Array.from(copy[cacheNames.pastKeys(0)]!.data)).toEqual([...once, ...once, 1, 2, 0].flatMap(row));
  expect(copy[cacheNames.pastValues(0)]!.shape).toEqual([3, 1, 3, config.headSize]);
});
