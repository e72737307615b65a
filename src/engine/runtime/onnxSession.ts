import { realpath } from 'node:fs/promises';
import { relative } from 'node:path';
import { env, InferenceSession, listSupportedBackends, Tensor as OnnxTensor } from 'onnxruntime-node';
import { sentence } from '../../sentences/sentence.ts';
import { EngineError } from '../errors.ts';
import type { Graph } from '../graph/ir.ts';
import { outputNameOf, writeOnnx, type ExternalWeight } from '../graph/onnxWriter.ts';
import { commonFolder } from '../weights/commonFolder.ts';
import { modelMissing } from '../weights/modelErrors.ts';
import { deviceFailed } from './deviceErrors.ts';
import { devices, type Device } from './devices.ts';
import { noTelemetry } from './noTelemetry.ts';
import type { Session, Tensor } from './session.ts';

// Read when the first session is made, here or in onnxDeviceSession.ts.
Object.assign(process.env, noTelemetry);

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
  /** Absent: the CPU. What it cannot compute, the CPU does. */
  readonly device?: Exclude<Device, 'webgpu'> | undefined;
}

/** The devices of this installation of ONNX Runtime; whether the machine has them, only a session shows. */
export function supportedDevices(): readonly Device[] {
  const names = listSupportedBackends().map(({ name }) => name);
  return devices.filter((device) => names.includes(device));
}

/** The version of ONNX Runtime. */
export function runtimeVersion(): string {
  return env.versions.node ?? 'unknown';
}

/**
 * A session of ONNX Runtime whose tensors are in the CPU's memory. Weights are mapped from their
 * files and never copied as a whole.
 */
export async function createOnnxSession(
  graph: Graph,
  weights: readonly WeightLocations[],
  options: SessionOptions,
): Promise<Session> {
  const { model, folder } = await writeOnnxModel(graph, weights);
  const { device = 'cpu' } = options;
  try {
    const session = await InferenceSession.create(model, sessionSettings(folder, options));
    return new OnnxSession(session, graph, device);
  } catch (cause) {
    if (device !== 'cpu') throw deviceFailed(device, sentence`cannot load the model`, cause);
    throw new EngineError(
      'deviceFailed',
      sentence`ONNX Runtime cannot load the graph: ${String(cause)}`,
      {},
      cause,
    );
  }
}

/**
 * A graph as ONNX Runtime reads it, and the folder in which it finds the weights: it takes one, and names
 * relative to it. A name that leads out of the folder over a link is refused, so links are followed first.
 */
export async function writeOnnxModel(
  graph: Graph,
  weights: readonly WeightLocations[],
): Promise<{ readonly model: Uint8Array; readonly folder: string }> {
  const files = await Promise.all(
    weights.map(async ({ path, tensors }) => ({ path: await realPathOf(path), tensors })),
  );
  const paths = files.map(({ path }) => path);
  const folder = commonFolder(paths);
  if (folder === undefined) throw onTwoDrives(paths);
  return { model: writeOnnx(graph, (name) => locate(files, name, folder)), folder };
}

async function realPathOf(path: string): Promise<string> {
  return realpath(path).catch((error: unknown) => {
    throw modelMissing(path, error);
  });
}

function onTwoDrives(paths: readonly string[]): EngineError {
  return new EngineError(
    'modelUnsupported',
    sentence`The weights of one model lie on two drives, in ${paths.join(', ')}. Put them on one.`,
    {},
  );
}

function locate(files: readonly WeightLocations[], name: string, folder: string): ExternalWeight {
  for (const { path, tensors } of files) {
    const found = tensors.get(name);
    if (found !== undefined)
      return { file: relative(folder, path), byteOffset: found.byteOffset, byteLength: found.byteLength };
  }
  const where = files.map(({ path }) => path).join(', ');
  throw new EngineError(
    'modelDamaged',
    sentence`${where} has no tensor ${name}. Remove it; it is made or fetched anew at the next start.`,
    { tensor: name },
  );
}

function sessionSettings(
  weightFolder: string,
  { purpose, threads, device = 'cpu' }: SessionOptions,
): InferenceSession.SessionOptions {
  const isTraining = purpose === 'train';
  return {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // A training step lives on shared weights: folding or packing them would copy hundreds of megabytes.
    graphOptimizationLevel: isTraining ? 'basic' : 'all',
    // Measured: with the memory pattern the second training run takes three times as long.
    enableMemPattern: !isTraining,
    // Measured: no slower without, and a session that rests between two runs holds nothing of them.
    enableCpuMemArena: !isTraining,
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
  readonly #device: Device;

  constructor(session: InferenceSession, graph: Graph, device: Device) {
    this.#session = session;
    this.#device = device;
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
    const results = await this.#run(onnxFeeds, onnxNames);
    return Object.fromEntries(outputs.map((name, i) => [name, fromOnnxTensor(results[onnxNames[i]!]!)]));
  }

  /** What the CPU refuses is a broken invariant; a device can fail at any time. */
  async #run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    outputs: readonly string[],
  ): Promise<InferenceSession.ReturnType> {
    try {
      return await this.#session.run(feeds, outputs);
    } catch (cause) {
      if (this.#device === 'cpu') throw cause;
      throw deviceFailed(this.#device, sentence`stopped at work`, cause);
    }
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

/** A tensor of ours as ONNX Runtime takes it. */
export function toOnnxTensor({ data, dims }: Tensor): OnnxTensor {
  if (data instanceof Float32Array) return new OnnxTensor('float32', data, dims);
  if (data instanceof Int8Array) return new OnnxTensor('int8', data, dims);
  if (data instanceof Uint8Array) return new OnnxTensor('uint8', data, dims);
  if (data instanceof Int32Array) return new OnnxTensor('int32', data, dims);
  return new OnnxTensor('int64', data, dims);
}

/** A tensor of ONNX Runtime in the CPU's memory as ours. */
export function fromOnnxTensor(tensor: OnnxTensor): Tensor {
  return { dims: tensor.dims, data: tensor.data as Tensor['data'] };
}
