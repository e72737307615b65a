import { cpus, hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { quoted, sentence, type Sentence } from '../../sentences/sentence.ts';
import { EngineError } from '../errors.ts';
import type { PolicyId } from '../policy.ts';
import { deviceMissing } from '../runtime/deviceErrors.ts';
import { DeviceVerdicts, type DeviceVerdict } from '../runtime/deviceVerdicts.ts';
import type { Device, DeviceChoice } from '../runtime/devices.ts';
import { driverSignature, softwareDriverInUse } from '../runtime/graphicsDrivers.ts';
import { openWebGpu } from '../runtime/onnxDeviceSession.ts';
import { runtimeVersion, supportedDevices } from '../runtime/onnxSession.ts';
import type { ConvertOptions } from '../weights/writeModelFolder.ts';
import { lastLogits, requireAgreement, requireSameLogits, type DeviceModel } from './deviceAgreement.ts';
import { shortRun } from './devicePasses.ts';
import { timeCompletion, trialTokens } from './deviceTiming.ts';
import { tryDevice, unfinishedTrial, unnotedTrial, type DeviceTrial } from './deviceTrial.ts';
import {
  createServingSession,
  policyOn,
  type BaseModel,
  type MakeServingSession,
  type ModelPolicy,
} from './modelPolicy.ts';
import { loadServedPolicy, type ServedAdapter } from './servedPolicy.ts';
import { TokenPasses } from './tokenPasses.ts';
import { inInt4, loadWebGpuPasses, webGpuPolicy } from './webGpuPolicy.ts';

/** What a policy is loaded from, and where it shall run. */
export interface DevicePolicyOptions {
  readonly id: PolicyId;
  readonly adapter: ServedAdapter | undefined;
  readonly threads: number;
  readonly choice: DeviceChoice;
  /** How weights are made where they are needed: merged ones, 4-bit ones. */
  readonly convert: ConvertOptions;
  /** Where verdicts of earlier tests are kept. */
  readonly cacheFolder: string;
}

/** A policy, and where it runs. */
export interface DevicePolicy {
  readonly policy: ModelPolicy;
  readonly device: Device;
  /** Why there; for the diagnostics. */
  readonly why: Sentence;
  /** What the user should know: a device that served before does not any more. */
  readonly notice?: Sentence | undefined;
}

/**
 * Loads the policy on the chosen device. 'auto' tests WebGPU beside the CPU once for a machine,
 * model and driver, and takes the faster. Throws EngineError 'deviceFailed' where another choice
 * cannot be had, or computes wrong numbers.
 */
export async function loadPolicyOn(model: BaseModel, options: DevicePolicyOptions): Promise<DevicePolicy> {
  const { choice } = options;
  const present = supportedDevices();
  if (choice === 'auto') {
    return present.includes('webgpu')
      ? loadFaster(model, options)
      : loadOnCpu(model, options, sentence`this build of ONNX Runtime has no WebGPU`);
  }
  if (!present.includes(choice)) throw deviceMissing(choice, present);
  if (choice === 'cpu') return loadOnCpu(model, options, chosen);
  if (choice !== 'webgpu') return loadOnProvider(model, choice, options);
  return { policy: await loadTrusted(model, options), device: 'webgpu', why: chosen };
}

const chosen = sentence`it was chosen`;
const agrees = sentence`it gives the numbers of the CPU`;

/** Devices that take the CPU's graph and its caches. */
type ProviderDevice = Exclude<Device, 'cpu' | 'webgpu'>;

async function loadOnCpu(
  model: BaseModel,
  options: DevicePolicyOptions,
  why: Sentence,
): Promise<DevicePolicy> {
  return { policy: await loadServedPolicy(model, options), device: 'cpu', why };
}

/** What 'auto' means: the verdict of an earlier load, or of a test now. */
async function loadFaster(model: BaseModel, options: DevicePolicyOptions): Promise<DevicePolicy> {
  const { verdicts, key } = await verdictsOf(model, options);
  const verdict = (await verdicts.find(key)) ?? (await testDevices(model, options));
  const { why } = verdict;
  if (verdict.device === 'cpu') return loadOnCpu(model, options, why);
  try {
    return { policy: await loadOnWebGpu(model, options, verdict.maxRunTokens), device: 'webgpu', why };
  } catch (error) {
    if (!EngineError.is(error, 'deviceFailed')) throw error;
    await verdicts.remember(key, { device: 'cpu', why: error.sentence });
    return {
      ...(await loadOnCpu(model, options, error.sentence)),
      notice: sentence`${error.sentence} Until then the CPU serves.`,
    };
  }
}

/** Where 'auto' lets a model serve, as a test of an earlier load found out; undefined where there was none. */
export async function testedDevice(
  model: BaseModel,
  options: Pick<DevicePolicyOptions, 'cacheFolder' | 'threads'>,
): Promise<Device | undefined> {
  const { verdicts, key } = await verdictsOf(model, options);
  return (await verdicts.find(key))?.device;
}

/** On WebGPU because the user says so, once it gave the CPU's numbers. */
async function loadTrusted(model: BaseModel, options: DevicePolicyOptions): Promise<ModelPolicy> {
  const { verdicts, key } = await verdictsOf(model, options);
  const forced = `${key}, chosen by the user`;
  const known = await verdicts.find(forced);
  if (known !== undefined) return loadOnWebGpu(model, options, known.maxRunTokens);
  const maxRunTokens = await findRunTokens(model, options);
  await verdicts.remember(forced, {
    device: 'webgpu',
    why: agrees,
    maxRunTokens,
  });
  return loadOnWebGpu(model, options, maxRunTokens);
}

/**
 * On CUDA, DirectML or Core ML because the user says so, once it gave the CPU's numbers; they take the CPU's graph
 * in float32. Throws EngineError 'deviceFailed' where it gives others.
 */
export async function loadOnProvider(
  model: BaseModel,
  device: ProviderDevice,
  options: DevicePolicyOptions,
  makeSession: MakeServingSession = createServingSession,
): Promise<DevicePolicy> {
  const inFloat32 = { ...model, int8Weights: undefined };
  const { verdicts, key } = await verdictsOf(model, options);
  const forced = `${key}, ${device} chosen by the user`;
  if ((await verdicts.find(forced)) === undefined) {
    const logitsOn = logitsWith(makeSession, inFloat32, options);
    requireSameLogits(device, await logitsOn(device), await logitsOn('cpu'));
    await verdicts.remember(forced, { device, why: agrees });
  }
  const session = await makeSession(inFloat32, { ...options, device });
  return { policy: policyOn(session, inFloat32, options), device, why: chosen };
}

/** What the graph of a model without int8 weights gives for the trial's tokens, device by device: both at once would not fit into every memory. */
function logitsWith(makeSession: MakeServingSession, model: BaseModel, options: DevicePolicyOptions) {
  const tokens = trialTokens(model.tokenizer);
  return async (device: ProviderDevice | 'cpu'): Promise<Float32Array[]> => {
    const session = await makeSession(model, { ...options, device });
    try {
      return await lastLogits(new TokenPasses(model.config, session, options.adapter?.theta), tokens);
    } finally {
      await session.dispose();
    }
  };
}

async function loadOnWebGpu(
  model: BaseModel,
  options: DevicePolicyOptions,
  maxRunTokens: number | undefined,
): Promise<ModelPolicy> {
  const deviceModel = await onWebGpu(model, options);
  return webGpuPolicy(options.id, model, await loadWebGpuPasses(deviceModel, maxRunTokens));
}

/**
 * What WebGPU computes with. Who chose it wants its speed and gets 4 bits; 'auto' may not change what
 * was gated for the worse (4 bits cost SmolLM2 17 % of its token loss), so it takes float32.
 */
function onWebGpu(model: BaseModel, { choice, adapter, convert }: DevicePolicyOptions): Promise<DeviceModel> {
  if (choice === 'webgpu') return inInt4(model, adapter, convert);
  return Promise.resolve({ ...model, weights: [model.weights], precision: 'float32', adapter });
}

async function testDevices(model: BaseModel, options: DevicePolicyOptions): Promise<DeviceVerdict> {
  const { verdicts, key } = await verdictsOf(model, options);
  if (!(await verdicts.remember(key, unfinishedTrial))) return unnotedTrial(options.cacheFolder);
  try {
    const verdict = await tryDevice(trialOf(model, options));
    await verdicts.remember(key, verdict);
    return verdict;
  } catch (error) {
    // Cancelled, for example: that says nothing about the device.
    await verdicts.forget(key);
    throw error;
  }
}

/** The test of WebGPU with the policy itself; CPU and WebGPU are timed one after the other, for both at once would not fit into every memory. */
function trialOf(model: BaseModel, options: DevicePolicyOptions): DeviceTrial {
  return {
    open: openWebGpu,
    softwareDriver: softwareDriverInUse,
    findRunTokens: () => findRunTokens(model, options),
    time: async (maxRunTokens) => ({
      cpuMs: await timeAndDispose((await loadOnCpu(model, options, quoted('it is timed'))).policy),
      webgpuMs: await timeAndDispose(await loadOnWebGpu(model, options, maxRunTokens)),
    }),
  };
}

/** The longest run that WebGPU computes right; undefined for any. Throws where it is wrong even with short ones. */
async function findRunTokens(model: BaseModel, options: DevicePolicyOptions): Promise<number | undefined> {
  const deviceModel = await onWebGpu(model, options);
  for (const maxRunTokens of [undefined, shortRun]) {
    const { passes, dispose } = await loadWebGpuPasses(deviceModel, maxRunTokens);
    try {
      await requireAgreement(deviceModel, passes, trialTokens(model.tokenizer));
      return maxRunTokens;
    } catch (error) {
      if (maxRunTokens !== undefined) throw error;
    } finally {
      await dispose();
    }
  }
  return shortRun;
}

async function timeAndDispose(policy: ModelPolicy): Promise<number> {
  try {
    return await timeCompletion(policy);
  } finally {
    await policy.dispose();
  }
}

/** Raised when the test itself changes, so that devices are tested anew. */
const trialVersion = 2;

/** The verdicts of this user, and the key of those for this machine, model and drivers. */
async function verdictsOf(
  model: BaseModel,
  { cacheFolder, threads }: Pick<DevicePolicyOptions, 'cacheFolder' | 'threads'>,
): Promise<{ readonly verdicts: DeviceVerdicts; readonly key: string }> {
  const { platform, env: environment } = process;
  const parts = [
    `test ${trialVersion} on ${hostname()}, ${cpus()[0]?.model ?? process.arch}, ${threads} threads`,
    `drivers ${await driverSignature({ platform, environment })}, ONNX Runtime ${runtimeVersion()}`,
    basename(dirname(model.weights.path)),
  ];
  return { verdicts: new DeviceVerdicts(join(cacheFolder, 'devices.json')), key: parts.join(', ') };
}
