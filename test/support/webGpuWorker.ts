import { InferenceSession } from 'onnxruntime-node';
import { EngineError } from '../../src/engine/errors.ts';
import { requireAgreement } from '../../src/engine/generation/deviceAgreement.ts';
import { shortRun } from '../../src/engine/generation/devicePasses.ts';
import { trialTokens } from '../../src/engine/generation/deviceTiming.ts';
import { loadPolicyOn } from '../../src/engine/generation/loadPolicyOn.ts';
import { loadPolicy, type ModelPolicy } from '../../src/engine/generation/modelPolicy.ts';
import { inInt4, loadWebGpuPasses, webGpuPolicy } from '../../src/engine/generation/webGpuPolicy.ts';
import { policyIdOf, type GenerateRequest, type Generation } from '../../src/engine/policy.ts';
import type { Device, DeviceChoice } from '../../src/engine/runtime/devices.ts';
import type { Tensor } from '../../src/engine/runtime/session.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import type { EngineSettings } from '../../src/process/clients.ts';
import { EngineHost } from '../../src/process/serving/engineHost.ts';
import { inEnglish } from '../../src/sentences/sentence.ts';
import { chooseTrainingDevice } from '../../src/trainer/graphs/trainingDevice.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { requestAt } from '../process/tinyServing.ts';
import { lora, lossCases, setUp } from './trainingGraphs.ts';

/*
 * Jobs for WebGPU in a process of their own: only a new process finds SwiftShader, and a driver that
 * crashes does not take the tests along.
 */

const convert = { signal: new AbortController().signal, onProgress: () => undefined };
const id = policyIdOf('tested', undefined);

/** Requests to one model, and the numbers it is computed with. */
export interface WritingJob {
  readonly folder: string;
  readonly precision: 'float32' | 'int4';
  /** Answered one after the other, so that later ones find the caches of earlier ones. */
  readonly requests: readonly GenerateRequest[];
}

async function writeAll(
  policy: ModelPolicy,
  requests: readonly GenerateRequest[],
): Promise<(readonly Generation[])[]> {
  const written = [];
  for (const request of requests) written.push(await policy.generate(request, convert.signal));
  await policy.dispose();
  return written;
}

/** Every session of ONNX Runtime that is made from now on. */
function notedSessions(): InferenceSession[] {
  const sessions: InferenceSession[] = [];
  const create = InferenceSession.create.bind(InferenceSession) as (
    ...args: readonly unknown[]
  ) => Promise<InferenceSession>;
  InferenceSession.create = async (...args: readonly unknown[]) => {
    const session = await create(...args);
    sessions.push(session);
    return session;
  };
  return sessions;
}

async function writtenBy(host: EngineHost): Promise<readonly number[] | undefined> {
  const { written } = await host.complete(requestAt('const a = '), convert.signal);
  return written?.completionTokens;
}

const jobs = {
  /** What WebGPU writes. */
  write: async ({ folder, precision, requests }: WritingJob) => {
    const model = await openModelFolder(folder);
    const float32 = {
      config: model.config,
      weights: [model.weights],
      precision,
      adapter: undefined,
    } as const;
    const deviceModel = precision === 'int4' ? await inInt4(model, undefined, convert) : float32;
    return writeAll(webGpuPolicy(id, model, await loadWebGpuPasses(deviceModel, shortRun)), requests);
  },

  /** What the CPU writes in float32. */
  writeOnCpu: async ({ folder, requests }: WritingJob) => {
    const model = await openModelFolder(folder);
    return writeAll(await loadPolicy({ ...model, int8Weights: undefined }, { id, threads: 2 }), requests);
  },

  /** Whether WebGPU gives the CPU's logits with the same 4-bit weights, in runs of at most so many tokens. */
  agrees: async ({ folder, maxRunTokens }: { readonly folder: string; readonly maxRunTokens: number }) => {
    const model = await openModelFolder(folder);
    const deviceModel = await inInt4(model, undefined, convert);
    const { passes, dispose } = await loadWebGpuPasses(deviceModel, maxRunTokens);
    const error: unknown = await requireAgreement(deviceModel, passes, trialTokens(model.tokenizer)).catch(
      (thrown: unknown) => thrown,
    );
    await dispose();
    return error instanceof Error ? error.message : undefined;
  },

  /** Where a model runs with a setting, or the message that says why it does not. */
  load: async ({ folder, choice, cacheFolder }: LoadingJob) => {
    const model = await openModelFolder(folder);
    try {
      const options = { id, adapter: undefined, threads: 1, choice, convert, cacheFolder };
      const { policy, device, notice } = await loadPolicyOn(model, options);
      const [written] = await policy.generate(
        { ...oneToken, promptTokens: trialTokens(model.tokenizer) },
        convert.signal,
      );
      await policy.dispose();
      return { device, notice: notice && inEnglish(notice), tokens: written!.tokens };
    } catch (error) {
      if (!EngineError.is(error)) throw error;
      return { reason: error.reason, message: error.message };
    }
  },

  /** What a host tells and writes whose device is lost behind its first completion: ONNX Runtime refuses each run. */
  loseDevice: async (settings: EngineSettings) => {
    const sessions = notedSessions();
    const host = new EngineHost();
    const told: (string | undefined)[] = [];
    host.onServingChanged(({ notice }) => told.push(notice && inEnglish(notice)));
    await host.load(settings, convert);
    const before = await writtenBy(host);
    for (const session of sessions) session.run = () => Promise.reject(new Error('the device was lost'));
    const lost: unknown = await writtenBy(host).catch((error: unknown) => error);
    const after = await writtenBy(host);
    await host.load({ ...settings, device: 'cpu' }, convert);
    const onCpu = await writtenBy(host);
    return { before, lost: lost instanceof Error ? lost.message : lost, after, onCpu, told };
  },

  /** Where a model is trained with a setting and why; if wanted, what each loss and its gradient are there. */
  train: async ({ folder, choice, servingDevice, graphs = false }: TrainingJob) => {
    const base = await openModelFolder(folder);
    const { device, why, model, makeSession } = await chooseTrainingDevice(trainedModel(base, lora), {
      ...{ base, threads: 1, choice, maxPromptTokens: 8, maxLearnedTokens: 12 },
      losses: { ppo: { clipRange: 0.2, valueClipRange: 0.2 }, reward: { centring: 0.01, heads: 2 } },
      servingDevice: () => Promise.resolve(servingDevice),
    });
    const outputs: Record<string, Readonly<Record<string, Tensor>>> = {};
    for (const graphCase of graphs ? lossCases : []) {
      const { model: tiny, feeds } = setUp(graphCase, base.config);
      const session = await makeSession(graphCase.graphOf(tiny));
      outputs[graphCase.what] = await session.run(feeds);
      await session.dispose();
    }
    return { device, why: why && inEnglish(why), precision: model.precision, outputs };
  },
};

/** A model to train, on a device chosen with what is known of where it serves. */
export interface TrainingJob {
  readonly folder: string;
  readonly choice: DeviceChoice;
  readonly servingDevice?: Device;
  readonly graphs?: boolean;
}

/** A model to load with a choice of the device. */
export interface LoadingJob {
  readonly folder: string;
  readonly choice: DeviceChoice;
  readonly cacheFolder: string;
}

const oneToken = { typedText: '', count: 1, temperature: 0, maxNewTokens: 1, seed: 1 };

export type WebGpuJobs = typeof jobs;

process.once('message', ({ name, input }: { readonly name: keyof WebGpuJobs; readonly input: never }) => {
  const job: (input: never) => Promise<unknown> = jobs[name];
  job(input).then(
    (result) => process.send?.({ result }, () => process.exit()),
    (error: unknown) => process.send?.({ error }, () => process.exit()),
  );
});
