import { EngineError } from '../../src/engine/errors.ts';
import { requireAgreement } from '../../src/engine/generation/deviceAgreement.ts';
import { shortRun } from '../../src/engine/generation/devicePasses.ts';
import { trialTokens } from '../../src/engine/generation/deviceTiming.ts';
import { loadPolicyOn } from '../../src/engine/generation/loadPolicyOn.ts';
import { loadPolicy, type ModelPolicy } from '../../src/engine/generation/modelPolicy.ts';
import { inInt4, loadWebGpuPasses, webGpuPolicy } from '../../src/engine/generation/webGpuPolicy.ts';
import { policyIdOf, type GenerateRequest, type Generation } from '../../src/engine/policy.ts';
import { RandomStream } from '../../src/engine/random.ts';
import type { Device, DeviceChoice } from '../../src/engine/runtime/devices.ts';
import { floatTensor } from '../../src/engine/runtime/session.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { inEnglish } from '../../src/sentences/sentence.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { supervisedGraph } from '../../src/trainer/graphs/policyGraph.ts';
import { tokenBatch } from '../../src/trainer/graphs/sequenceBatch.ts';
import { chooseTrainingDevice } from '../../src/trainer/graphs/trainingDevice.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';

/*
 * Jobs for WebGPU in a process of their own: only a new process finds SwiftShader, and a driver that
 * crashes does not take the tests along.
 */

const convert = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  freeBytes: () => Promise.resolve(Infinity),
};
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

  /** Where a model is trained with a setting and why, and the loss and gradient of a batch there. */
  train: async ({ folder, choice, servingDevice, maxPromptTokens }: TrainingJob) => {
    const base = await openModelFolder(folder);
    const { device, why, model, makeSession } = await chooseTrainingDevice(trainedModel(base, tinyLora), {
      ...{ base, threads: 1, choice, maxPromptTokens },
      servingDevice: () => Promise.resolve(servingDevice),
    });
    const sessions = new GraphSessions(makeSession);
    const stream = RandomStream.named(1, 'theta');
    const theta = Float32Array.from({ length: model.layout.size }, () => 0.3 * stream.nextNormal());
    const batch = tokenBatch([
      { promptTokens: [97, 98, 99], completionTokens: [100, 97, 101], freeFrom: 1 },
      { promptTokens: [97, 98], completionTokens: [99, 99, 102], freeFrom: 0 },
    ]);
    const outputs = await sessions.run({ name: 'sft', model, graphOf: supervisedGraph }, batch, {
      theta: floatTensor(theta),
      weights: floatTensor([0.1, 0.2, 0.3, 0.2, 0.2]),
      inverseTemperature: floatTensor([1], []),
    });
    await sessions.dispose();
    return { device, why: why && inEnglish(why), precision: model.precision, outputs };
  },
};

const tinyLora = { rank: 2, alpha: 4 };

/** A model to train, on a device chosen with what is known of where it serves. */
export interface TrainingJob {
  readonly folder: string;
  readonly choice: DeviceChoice;
  readonly servingDevice?: Device;
  /** Of the batch by which the device is tried. */
  readonly maxPromptTokens: number;
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
