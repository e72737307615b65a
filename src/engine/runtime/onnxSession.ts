import { basename, dirname } from 'node:path';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { EngineError } from '../errors.ts';
import type { Graph } from '../graph/ir.ts';
import { writeOnnx, type ExternalWeight } from '../graph/onnxWriter.ts';
import type { Session, Tensor } from './session.ts';

/** A file that holds frozen weights, and where each stands in it. */
export interface WeightLocations {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, { readonly byteOffset: number; readonly byteLength: number }>;
}

/** How a session is used, which decides how much memory it may trade for speed. */
export type SessionPurpose = 'serve' | 'train';

/** What a session is made for. */
export interface SessionOptions {
  readonly purpose: SessionPurpose;
  /** Threads of one run; ONNX Runtime spins them while it waits. */
  readonly threads: number;
}

/**
 * A session of ONNX Runtime on the CPU. Weights are mapped from their files, which stand in one
 * folder, and are never copied as a whole.
 */
export async function createOnnxSession(
  graph: Graph,
  weights: readonly WeightLocations[],
  options: SessionOptions,
): Promise<Session> {
  const model = writeOnnx(graph, (name) => locate(weights, name));
  const folder = dirname(weights[0]?.path ?? '.');
  try {
    const session = await InferenceSession.create(model, sessionSettings(folder, options));
    return new OnnxSession(session, graph);
  } catch (cause) {
    throw new EngineError('deviceFailed', `ONNX Runtime cannot load the graph: ${String(cause)}`, {}, cause);
  }
}

function locate(files: readonly WeightLocations[], name: string): ExternalWeight {
  for (const { path, tensors } of files) {
    const found = tensors.get(name);
    if (found !== undefined)
      return { file: basename(path), byteOffset: found.byteOffset, byteLength: found.byteLength };
  }
  const where = files.map(({ path }) => path).join(' and ');
  throw new EngineError(
    'modelDamaged',
    `${where} has no tensor ${name}. Remove it; it is made or fetched anew at the next start.`,
    { tensor: name },
  );
}

function sessionSettings(
  weightFolder: string,
  { purpose, threads }: SessionOptions,
): InferenceSession.SessionOptions {
  const isTraining = purpose === 'train';
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // A training step lives on shared weights: folding or packing them would copy hundreds of megabytes.
    graphOptimizationLevel: isTraining ? 'basic' : 'all',
    // Measured: with the memory pattern the second training run takes three times as long.
    enableMemPattern: !isTraining,
    logSeverityLevel: 3,
    extra: {
      session: {
        model_external_initializers_file_folder_path: weightFolder,
        ...(isTraining ? { disable_prepacking: '1' } : {}),
      },
    },
  };
}

/** The prefix that `writeOnnx` gives to output names. */
const outputPrefix = 'out:';

class OnnxSession implements Session {
  readonly #session: InferenceSession;
  readonly #outputNames: readonly string[];

  constructor(session: InferenceSession, graph: Graph) {
    this.#session = session;
    this.#outputNames = graph.outputs.map(({ name }) => name);
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[] = this.#outputNames,
  ): Promise<Record<string, Tensor>> {
    const onnxFeeds = Object.fromEntries(
      Object.entries(feeds).map(([name, tensor]) => [name, toOnnxTensor(tensor)]),
    );
    const results = await this.#session.run(
      onnxFeeds,
      outputs.map((name) => outputPrefix + name),
    );
    return Object.fromEntries(outputs.map((name) => [name, fromOnnxTensor(results[outputPrefix + name]!)]));
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

function toOnnxTensor({ data, dims }: Tensor): OnnxTensor {
  if (data instanceof Float32Array) return new OnnxTensor('float32', data, dims);
  if (data instanceof Int8Array) return new OnnxTensor('int8', data, dims);
  if (data instanceof Uint8Array) return new OnnxTensor('uint8', data, dims);
  if (data instanceof Int32Array) return new OnnxTensor('int32', data, dims);
  return new OnnxTensor('int64', data, dims);
}

function fromOnnxTensor(tensor: OnnxTensor): Tensor {
  return { dims: tensor.dims, data: tensor.data as Tensor['data'] };
}
