import { InferenceSession, type Tensor as OnnxTensor } from 'onnxruntime-node';
import { sentence } from '../../sentences/sentence.ts';
import { add } from '../graph/build.ts';
import { GraphBuilder } from '../graph/graphBuilder.ts';
import type { Graph } from '../graph/ir.ts';
import { outputNameOf } from '../graph/onnxWriter.ts';
import { deviceFailed } from './deviceErrors.ts';
import type { DeviceResults, DeviceSession, DeviceTensor } from './deviceSession.ts';
import { fromOnnxTensor, toOnnxTensor, writeOnnxModel, type WeightLocations } from './onnxSession.ts';
import type { Tensor } from './session.ts';

/** How a graph is spread over device and CPU. */
export interface DeviceSessionOptions {
  /** Outputs that stay on the device. */
  readonly keptOutputs: readonly string[];
  /** Nodes that stay on the CPU with their weights, by name; only WebGPU knows them. */
  readonly cpuNodes?: readonly string[];
}

/** Throws EngineError 'deviceFailed' where WebGPU finds no adapter. */
export async function openWebGpu(): Promise<void> {
  const g = new GraphBuilder();
  const x = g.input('x', [1]);
  const session = await createWebGpuSession(g.finish({ y: add(g, x, x) }), [], { keptOutputs: [] });
  await session.dispose();
}

/** A session of ONNX Runtime on the graphics card, by WebGPU. Weights are read from their files straight into its memory. */
export async function createWebGpuSession(
  graph: Graph,
  weights: readonly WeightLocations[],
  { keptOutputs, cpuNodes = [] }: DeviceSessionOptions,
): Promise<DeviceSession> {
  const { model, folder } = await writeOnnxModel(graph, weights);
  const locations = graph.outputs.map(
    (output) => [outputNameOf(output), keptOutputs.includes(output.name) ? 'gpu-buffer' : 'cpu'] as const,
  );
  try {
    const session = await InferenceSession.create(model, {
      executionProviders: [webGpu(cpuNodes)],
      graphOptimizationLevel: 'all',
      preferredOutputLocation: Object.fromEntries(locations),
      // 4: it writes to the console what it throws as well.
      logSeverityLevel: 4,
      extra: { session: { model_external_initializers_file_folder_path: folder } },
    });
    return new OnnxDeviceSession(session, graph, new Set(keptOutputs));
  } catch (cause) {
    throw deviceFailed('webgpu', sentence`cannot load the model`, cause);
  }
}

/** An empty list of nodes is refused as an empty setting. */
function webGpu(cpuNodes: readonly string[]): InferenceSession.ExecutionProviderConfig {
  return cpuNodes.length === 0 ? 'webgpu' : { name: 'webgpu', forceCpuNodeNames: cpuNodes };
}

/** A tensor of ONNX Runtime in the device's memory. */
class OnnxDeviceTensor implements DeviceTensor {
  readonly tensor: OnnxTensor;

  constructor(tensor: OnnxTensor) {
    this.tensor = tensor;
  }

  get dims(): readonly number[] {
    return this.tensor.dims;
  }

  dispose(): void {
    this.tensor.dispose();
  }
}

class OnnxDeviceSession implements DeviceSession {
  readonly #session: InferenceSession;
  /** Each output's name in ONNX. */
  readonly #outputNames: ReadonlyMap<string, string>;
  readonly #kept: ReadonlySet<string>;

  constructor(session: InferenceSession, graph: Graph, kept: ReadonlySet<string>) {
    this.#session = session;
    this.#outputNames = new Map(graph.outputs.map((output) => [output.name, outputNameOf(output)]));
    this.#kept = kept;
  }

  async run(
    feeds: Readonly<Record<string, Tensor | DeviceTensor>>,
    outputs: readonly string[],
  ): Promise<DeviceResults> {
    const results = await this.#run(feeds, outputs);
    const tensors: Record<string, Tensor> = {};
    const kept: Record<string, DeviceTensor> = {};
    for (const name of outputs) {
      const result = results[this.#outputNames.get(name)!]!;
      if (this.#kept.has(name)) kept[name] = new OnnxDeviceTensor(result);
      else tensors[name] = fromOnnxTensor(result);
    }
    return { tensors, kept };
  }

  async #run(
    feeds: Readonly<Record<string, Tensor | DeviceTensor>>,
    outputs: readonly string[],
  ): Promise<InferenceSession.ReturnType> {
    const onnxFeeds = Object.entries(feeds).map(
      ([name, tensor]) => [name, 'data' in tensor ? toOnnxTensor(tensor) : onDevice(tensor).tensor] as const,
    );
    try {
      return await this.#session.run(
        Object.fromEntries(onnxFeeds),
        outputs.map((name) => this.#outputNames.get(name)!),
      );
    } catch (cause) {
      throw deviceFailed('webgpu', sentence`stopped at work`, cause);
    }
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

function onDevice(tensor: DeviceTensor): OnnxDeviceTensor {
  if (tensor instanceof OnnxDeviceTensor) return tensor;
  throw new Error('broken invariant: the tensor belongs to no session of ONNX Runtime');
}
