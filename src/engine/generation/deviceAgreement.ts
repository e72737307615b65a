import { sentence } from '../../sentences/sentence.ts';
import { deviceServingGraph } from '../model/deviceServingGraph.ts';
import type { Precision } from '../model/frozenLinear.ts';
import type { Adapter } from '../model/lora.ts';
import { deviceWrong } from '../runtime/deviceErrors.ts';
import type { Device } from '../runtime/devices.ts';
import { createOnnxSession, type WeightLocations } from '../runtime/onnxSession.ts';
import { floatTensor, floatsOf, int32Tensor } from '../runtime/session.ts';
import type { ModelConfig } from '../weights/modelConfig.ts';
import type { CacheMemory } from './deviceCache.ts';
import type { DevicePasses } from './devicePasses.ts';
import type { Passes } from './textCache.ts';

/** A model as it runs on a device. */
export interface DeviceModel {
  readonly config: ModelConfig;
  readonly weights: readonly WeightLocations[];
  readonly precision: Precision;
  readonly adapter: Adapter | undefined;
}

/**
 * |device - cpu| / |cpu| of the logits. The same graph with the same weights differs by the order of
 * additions alone: 1e-5 on SwiftShader. Drivers may be free with fast arithmetic, but a wrong kernel
 * is off by far more.
 */
const maxDifference = 0.01;

/** Throws EngineError 'deviceFailed' unless the device gives the CPU's logits for a prompt and for a token behind it. */
export async function requireAgreement(
  model: DeviceModel,
  passes: DevicePasses,
  tokens: readonly number[],
): Promise<void> {
  const actual = await lastLogits(passes, tokens);
  requireSameLogits('webgpu', actual, await cpuLogits(model, passes.memory, tokens));
}

/** The logits that passes give behind the last token but one, and behind the last, which finds the others in the cache. */
export async function lastLogits(passes: Passes, tokens: readonly number[]): Promise<Float32Array[]> {
  const cache = passes.emptyCache();
  const pass = { wantedRows: 1, temperature: 0, needsLogits: true, onlyAscii: false };
  const [prompt] = await cache.run({ ...pass, tokens: [tokens.slice(0, -1)] });
  const [behind] = await cache.run({ ...pass, tokens: [tokens.slice(-1)] });
  cache.dispose();
  return [prompt!.logits!, behind!.logits!];
}

/** Throws EngineError 'deviceFailed' unless both are the same but for noise. */
export function requireSameLogits(
  device: Device,
  actual: readonly Float32Array[],
  expected: readonly Float32Array[],
): void {
  const differences = actual.map((logits, row) => relativeDifference(logits, expected[row]!));
  // Not `>`: a logit that is no number makes the difference none.
  const wrong = differences.find((difference) => !(difference <= maxDifference));
  if (wrong !== undefined) {
    throw deviceWrong(
      device,
      sentence`its logits differ from the CPU's by ${Number((100 * wrong).toPrecision(3))} %`,
    );
  }
}

/** The CPU's logits behind the last two tokens. */
async function cpuLogits(
  { config, weights, precision, adapter }: DeviceModel,
  memory: CacheMemory,
  tokens: readonly number[],
): Promise<Float32Array[]> {
  const count = tokens.length;
  const graph = deviceServingGraph(config, count, { precision, adapter });
  const session = await createOnnxSession(graph, weights, { purpose: 'train', threads: 0 });
  const feeds = {
    tokens: int32Tensor(tokens, [1, count]),
    lastPosition: int32Tensor([count - 1]),
    tokenCount: int32Tensor([count], []),
    logitRows: int32Tensor([count - 2, count - 1]),
    inverseTemperature: floatTensor([1], []),
    ...memory.empty(count),
  };
  const logits = floatsOf(await session.run(feeds, ['logits']), 'logits');
  await session.dispose();
  return [logits.subarray(0, logits.length / 2), logits.subarray(logits.length / 2)];
}

/** |actual - expected| / |expected| */
export function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  let squaredDifference = 0;
  let squaredNorm = 0;
  for (let i = 0; i < expected.length; i++) {
    squaredDifference += (actual[i]! - expected[i]!) ** 2;
    squaredNorm += expected[i]! ** 2;
  }
  return Math.sqrt(squaredDifference / squaredNorm);
}
