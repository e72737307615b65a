import { dirname, relative } from 'node:path';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { EngineError } from '../errors.ts';
import type { Graph } from '../graph/ir.ts';
import { outputNameOf, writeOnnx, type ExternalWeight } from '../graph/onnxWriter.ts';
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

/** A session of ONNX Runtime on the CPU. Weights are mapped from their files and never copied as a whole. */
export async function createOnnxSession(
  graph: Graph,
  weights: readonly WeightLocations[],
  options: SessionOptions,
): Promise<Session> {
  const folder = commonFolder(weights.map(({ path }) => path));
  const model = writeOnnx(graph, (name) => locate(weights, name, folder));
  try {
    const session = await InferenceSession.create(model, sessionSettings(folder, options));
    return new OnnxSession(session, graph);
  } catch (cause) {
    throw new EngineError('deviceFailed', `ONNX Runtime cannot load the graph: ${String(cause)}`, {}, cause);
  }
}

/** The innermost folder that all files are in: ONNX Runtime takes one, and names relative to it. */
function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? '.');
  while (paths.some((path) => relative(folder, path).startsWith('..'))) folder = dirname(folder);
  return folder;
}

function locate(files: readonly WeightLocations[], name: string, folder: string): ExternalWeight {
  for (const { path, tensors } of files) {
    const found = tensors.get(name);
    if (found !== undefined)
      return { file: relative(folder, path), byteOffset: found.byteOffset, byteLength: found.byteLength };
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

class OnnxSession implements Session {
  readonly #session: InferenceSession;
  /** Each output's name in ONNX. */
  readonly #outputNames: ReadonlyMap<string, string>;

  constructor(session: InferenceSession, graph: Graph) {
    this.#session = session;
    this.#outputNames = new Map(graph.outputs.map((output) => [output.name, outputNameOf(output)]));
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[] = [...this.#outputNames.keys()],
  ): Promise<Record<string, Tensor>> {
    const onnxFeeds = Object.fromEntries(
      Object.entries(feeds).map(([name, tensor]) => [name, toOnnxTensor(tensor)]),
    );
    const onnxNames = outputs.map((name) => this.#outputNames.get(name)!);
    const results = await this.#session.run(onnxFeeds, onnxNames);
    return Object.fromEntries(outputs.map((name, i) => [name, fromOnnxTensor(results[onnxNames[i]!]!)]));
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

function toOnnxTensor({ data, dims }: Tensor): OnnxTensor {
  if (data instanceof Float32Array) return new OnnxTensor('float32', data, dims);
  if (data instanceof Int8Array) return new OnnxTensor('int8', data, dims);
  if (data instanceof Int32Array) return new OnnxTensor('int32', data, dims);
  return new OnnxTensor('int64', data, dims);
}

function fromOnnxTensor(tensor: OnnxTensor): Tensor {
  return { dims: tensor.dims, data: tensor.data as Tensor['data'] };
}
