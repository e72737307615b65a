import { relativeDifference } from '../../engine/generation/deviceAgreement.ts';
import { neededShare } from '../../engine/generation/deviceTrial.ts';
import type { BaseModel } from '../../engine/generation/modelPolicy.ts';
import { EngineError } from '../../engine/errors.ts';
import type { Graph } from '../../engine/graph/ir.ts';
import { deviceMissing, deviceWrong } from '../../engine/runtime/deviceErrors.ts';
import type { Device, DeviceChoice } from '../../engine/runtime/devices.ts';
import { createWebGpuSession } from '../../engine/runtime/onnxDeviceSession.ts';
import { createOnnxSession, supportedDevices } from '../../engine/runtime/onnxSession.ts';
import { floatsOf, type Session } from '../../engine/runtime/session.ts';
import { sentence, type Sentence } from '../../sentences/sentence.ts';
import { GraphSessions, type MakeSession } from './graphSessions.ts';
import type { TrainedModel } from './trainingInputs.ts';
import { otherTrials, supervisedTrial, type LossSettings, type TrialGraph } from './trialGraphs.ts';

/** Where a run trains. */
export interface TrainingDevice {
  readonly device: Device;
  /** Why there; absent where the CPU was chosen. */
  readonly why?: Sentence | undefined;
  /** As it is computed there. */
  readonly model: TrainedModel;
  readonly makeSession: MakeSession;
}

/** What a device is chosen by. */
export interface TrainingDeviceOptions {
  readonly base: BaseModel;
  readonly threads: number;
  readonly choice: DeviceChoice;
  /** What 'auto' tries: where completions are written faster than on the CPU. */
  readonly servingDevice: () => Promise<Device | undefined>;
  /** The longest prompt that will be read. */
  readonly maxPromptTokens: number;
  /** The most tokens behind one, through which the gradient goes. */
  readonly maxLearnedTokens: number;
  readonly losses: LossSettings;
}

/**
 * Where a model is trained: on the chosen device, in float32, if it gives the CPU's loss and gradient by each graph
 * that is trained by, for a batch as long as those of the run, else on the CPU, with the reason. 'auto' also wants it to be faster.
 */
export async function chooseTrainingDevice(
  model: TrainedModel,
  options: TrainingDeviceOptions,
): Promise<TrainingDevice> {
  const { base, threads, choice, servingDevice } = options;
  const onCpu = { device: 'cpu', model, makeSession: cpuSessions(base, threads) } as const;
  const device = choice === 'auto' ? ((await servingDevice()) ?? 'cpu') : choice;
  if (device === 'cpu') return onCpu;
  try {
    const onDevice = deviceTraining(model, device, options);
    const times = await requireGradients(onDevice, onCpu, options);
    const isWanted = choice !== 'auto' || times.deviceMs <= neededShare * times.cpuMs;
    const why = sentence`a training step takes ${Math.round(times.deviceMs)} ms on the device and ${Math.round(times.cpuMs)} ms on the CPU`;
    return { ...(isWanted ? onDevice : onCpu), why };
  } catch (error) {
    if (!EngineError.is(error, 'deviceFailed')) throw error;
    return { ...onCpu, why: error.sentence };
  }
}

/** Sessions on the CPU, on the weights that the precision of their graph asks for. */
export function cpuSessions({ weights, int8Weights }: BaseModel, threads: number): MakeSession {
  const files = int8Weights === undefined ? [weights] : [weights, int8Weights];
  return (graph) => createOnnxSession(graph, files, { purpose: 'train', threads });
}

function deviceTraining(
  model: TrainedModel,
  device: Exclude<Device, 'cpu'>,
  { base, threads }: TrainingDeviceOptions,
): TrainingDevice {
  const present = supportedDevices();
  if (!present.includes(device)) throw deviceMissing(device, present);
  return {
    device,
    model: { ...model, precision: 'float32' },
    makeSession: (graph) =>
      device === 'webgpu'
        ? webGpuSession(graph, base)
        : createOnnxSession(graph, [base.weights], { purpose: 'train', threads, device }),
  };
}

async function webGpuSession(graph: Graph, { weights }: BaseModel): Promise<Session> {
  const session = await createWebGpuSession(graph, [weights], { keptOutputs: [] });
  const all = graph.outputs.map(({ name }) => name);
  return {
    run: async (feeds, outputs = all) => (await session.run(feeds, outputs)).tensors,
    dispose: () => session.dispose(),
  };
}

/**
 * |device - cpu| / |cpu| of each output. In float32 they differ by the order of additions alone, 1e-6 on SwiftShader with
 * a tiny model; wrong kernels are off by far more.
 */
const maxDifference = 0.01;

type TrialOptions = Pick<TrainingDeviceOptions, 'maxPromptTokens' | 'maxLearnedTokens' | 'losses'>;

/** Throws EngineError 'deviceFailed' unless the device gives the CPU's losses and gradients; gives the time of a supervised step of each. */
export async function requireGradients(
  onDevice: TrainingDevice,
  onCpu: TrainingDevice,
  { maxPromptTokens, maxLearnedTokens, losses }: TrialOptions,
): Promise<{ readonly cpuMs: number; readonly deviceMs: number }> {
  const { config } = onDevice.model;
  const lengths = {
    promptTokens: Math.min(maxPromptTokens, config.maxPositions - maxLearnedTokens),
    learnedTokens: maxLearnedTokens,
  };
  const deviceMs = await requireSame(onDevice, onCpu, supervisedTrial(onDevice.model, lengths));
  for (const trial of otherTrials(onDevice.model, losses)) await requireSame(onDevice, onCpu, trial);
  return { deviceMs, cpuMs: (await runTrial(onCpu, supervisedTrial(onCpu.model, lengths))).ms };
}

/** Throws EngineError 'deviceFailed' unless a graph gives on the device what it gives on the CPU; gives the time of a step there. */
async function requireSame(
  onDevice: TrainingDevice,
  onCpu: TrainingDevice,
  trial: TrialGraph,
): Promise<number> {
  const expected = (await runTrial(onCpu, trial)).outputs;
  const { outputs, ms } = await runTrial(onDevice, trial);
  for (const name of Object.keys(expected)) {
    const difference = relativeDifference(floatsOf(outputs, name), floatsOf(expected, name));
    // Not `>`: a number that is none makes the difference none.
    if (!(difference <= maxDifference)) {
      const percent = Number((100 * difference).toPrecision(3));
      throw deviceWrong(onDevice.device, sentence`its ${name} differs from the CPU's by ${percent} %`);
    }
  }
  return ms;
}

/** What one batch gives, and how long its second run takes: in the first a device compiles. */
async function runTrial({ makeSession }: TrainingDevice, { batch, inputs, ...graph }: TrialGraph) {
  const sessions = new GraphSessions(makeSession);
  const run = () => sessions.run(graph, batch, inputs);
  try {
    const outputs = await run();
    const startedMs = performance.now();
    await run();
    return { outputs, ms: performance.now() - startedMs };
  } finally {
    await sessions.dispose();
  }
}
