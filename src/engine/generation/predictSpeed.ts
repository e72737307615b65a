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

/** Of the prompt that is read: the longest that one run takes in while a completion is written. */
const chunkTokens = 128;

/** Behind which single tokens are written: about as long as prompts are. */
const promptChunks = 4;

/** The fastest counts, as other programs only make it slower. */
const timedRuns = 8;

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
      const { chunkMs, tokenMs } = await timePasses(
        standIn,
        new TokenPasses(standIn, session, undefined),
        signal,
      );
      return {
        promptTokensPerSecond: (1000 * chunkTokens * share) / chunkMs,
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
    maxPositions: (promptChunks + 1) * chunkTokens,
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

/** The fastest run of a whole chunk of a prompt, and of one token behind such a prompt. */
async function timePasses(
  config: ModelConfig,
  passes: TokenPasses,
  signal: AbortSignal,
): Promise<{ readonly chunkMs: number; readonly tokenMs: number }> {
  const cache = new KvCache(config, 1);
  const timed = async (count: number): Promise<number> => {
    signal.throwIfAborted();
    const startMs = performance.now();
    await passes.run(cache, {
      tokens: [new Array<number>(count).fill(0)],
      wantedRows: 1,
      temperature: 0,
      needsLogits: false,
    });
    return performance.now() - startMs;
  };
  const chunksMs: number[] = [];
  for (let chunk = 0; chunk < promptChunks; chunk++) chunksMs.push(await timed(chunkTokens));
  const tokensMs: number[] = [];
  for (let run = 0; run < timedRuns; run++) {
    tokensMs.push(await timed(1));
    cache.truncate(promptChunks * chunkTokens);
  }
  return { chunkMs: Math.min(...chunksMs), tokenMs: Math.min(...tokensMs) };
}
