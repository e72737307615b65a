import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elementCount } from '../graph/dims.ts';
import type { DType, Graph } from '../graph/ir.ts';
import { invariant } from '../invariant.ts';
import { servingGraph } from '../model/servingGraph.ts';
import { createOnnxSession, type WeightLocations } from '../runtime/onnxSession.ts';
import { int8WeightBytes, type ModelConfig, type ModelShape } from '../weights/modelConfig.ts';
import type { Speed } from './deviceTiming.ts';
import { KvCache } from './kvCache.ts';
import { TokenPasses } from './tokenPasses.ts';

/**
 * So much of a model is built to time it: more than the caches of a processor hold, so that its weights come from memory
 * as they do while one types, and little enough to be done in a second.
 */
const standInBytes = 128e6;

/** Of a prompt in one run: the longest that is read while completions are written. */
const chunkTokens = 128;

/** About as long as prompts are: what is read or written last attends to all before it. */
const promptTokens = 512;

/** The fastest counts, as other programs only make it slower. */
const timedPrompts = 2;
const timedTokens = 8;

/** Tokens that a run gives where drafts help, on code (`npm run bench:latency`). */
const tokensPerRun = 1.45;

/**
 * How quick a model will be on this machine, without having it: a stand-in with the model's shapes, a part of its layers
 * and of its vocabulary, and nothing but zeros for weights is timed as it would serve, in int8 on the CPU. What a model
 * computes does not depend on its weights, and its time grows with layers and vocabulary.
 */
export async function predictSpeed(
  shape: ModelShape,
  { threads, signal }: { readonly threads: number; readonly signal: AbortSignal },
): Promise<Speed> {
  const standIn = thinned(shape);
  const share = standIn.layerCount / shape.layerCount;
  const graph = servingGraph(standIn, standIn.maxPositions, {
    precision: 'int8',
    lora: undefined,
  });
  const folder = await mkdtemp(join(tmpdir(), 'attune-speed-'));
  try {
    const weights = await zeroWeights(graph, join(folder, 'weights'));
    const session = await createOnnxSession(graph, [weights], { purpose: 'serve', threads });
    try {
      const { promptMs, tokenMs } = await timePasses(
        standIn,
        new TokenPasses(standIn, session, undefined),
        signal,
      );
      return {
        promptTokensPerSecond: (1000 * promptTokens * share) / promptMs,
        msPerToken: tokenMs / share / tokensPerRun,
      };
    } finally {
      await session.dispose();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A model with the same part of another's layers and of its vocabulary. */
function thinned(shape: ModelShape): ModelConfig {
  const layerCount = Math.ceil(Math.min(1, standInBytes / int8WeightBytes(shape)) * shape.layerCount);
  const vocabularySize = Math.ceil((shape.vocabularySize * layerCount) / shape.layerCount);
  // What is no size has no part in the time.
  const rest = {
    ropeTheta: 1e4,
    rmsNormEpsilon: 1e-6,
    tiesEmbeddings: true,
    maxPositions: promptTokens + chunkTokens,
  };
  return { ...shape, ...rest, layerCount, vocabularySize };
}

const bytesOf: Readonly<Record<DType, number>> = { float32: 4, int8: 1, uint8: 1, int32: 4, int64: 8 };

/** Where ONNX Runtime maps a tensor without copying it. */
const alignment = 4096;

/** A file of zeros with room for all weights of a graph; where a system can, it takes no room on the disk. */
async function zeroWeights(graph: Graph, path: string): Promise<WeightLocations> {
  const tensors = new Map<string, { byteOffset: number; byteLength: number }>();
  let end = 0;
  for (const node of graph.nodes) {
    if (node.kind !== 'weight' || tensors.has(node.weightName)) continue;
    const count = elementCount(node.shape);
    invariant(typeof count === 'number', `the size of ${node.weightName} is known`);
    const byteLength = count * bytesOf[node.dtype];
    tensors.set(node.weightName, { byteOffset: end, byteLength });
    end = Math.ceil((end + byteLength) / alignment) * alignment;
  }
  const file = await open(path, 'w');
  try {
    await file.truncate(end);
  } finally {
    await file.close();
  }
  return { path, tensors };
}

/** The fastest reading of a whole prompt, chunk by chunk, and the fastest run of one token behind it. */
async function timePasses(
  config: ModelConfig,
  passes: TokenPasses,
  signal: AbortSignal,
): Promise<{ readonly promptMs: number; readonly tokenMs: number }> {
  const cache = new KvCache(config, 1);
  const pass = { wantedRows: 1, temperature: 0, needsLogits: false, onlyAscii: false };
  const read = async (count: number): Promise<void> => {
    signal.throwIfAborted();
    await passes.run(cache, { ...pass, tokens: [new Array<number>(count).fill(0)] });
  };
  const promptMs = await fastest(timedPrompts, async () => {
    cache.truncate(0);
    for (let done = 0; done < promptTokens; done += chunkTokens) await read(chunkTokens);
  });
  const tokenMs = await fastest(timedTokens, async () => {
    cache.truncate(promptTokens);
    await read(1);
  });
  return { promptMs, tokenMs };
}

/** The milliseconds of the fastest of several times. */
async function fastest(times: number, work: () => Promise<void>): Promise<number> {
  let leastMs = Infinity;
  for (let time = 0; time < times; time++) {
    const startMs = performance.now();
    await work();
    leastMs = Math.min(leastMs, performance.now() - startMs);
  }
  return leastMs;
}
