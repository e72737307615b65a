import { freshLora } from '../../src/engine/model/lora.ts';
import type { Precision } from '../../src/engine/model/frozenLinear.ts';
import { RandomStream } from '../../src/engine/random.ts';
import type { ModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { packDemonstrations } from '../../src/trainer/demonstrationPacks.ts';
import { demonstrationSequences, type Tokenisation } from '../../src/trainer/exampleTokens.ts';
import type { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { trainedModel, type TrainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import { RetrainRun } from '../../src/trainer/retrainRun.ts';
import { scoreLogProbs } from '../../src/trainer/stages/scoring.ts';
import { runSft, type DemonstrationPack } from '../../src/trainer/stages/sft.ts';
import { workspaceDemonstrations, type SourceFile } from '../../src/trainer/workspaceDemonstrations.ts';

/** One training to be judged. */
export interface PrecisionTask {
  readonly base: ModelFolder;
  readonly learned: readonly SourceFile[];
  readonly heldOut: readonly SourceFile[];
  readonly precision: Precision;
  readonly steps: number;
  readonly seed: number;
  readonly threads: number;
  /** Where its checkpoint goes: a run that was stopped goes on from there. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onStep: (note: string) => void;
}

/** Mean negative log-probability of a held-out token, in nats. */
export interface HeldOutLoss {
  readonly before: number;
  readonly after: number;
}

/** Short prompts: what is compared is the arithmetic, and long ones take longer. */
const maxPromptTokens = 128;
/** Of a pack. */
const maxPackedTokens = 64;
const packsPerStep = 2;

/** Places of the held-out files, the same for both precisions. */
const heldOutPlaces = 64;

/** The shipped SFT stage on some files, in one precision, and the loss on others, read in float32. */
export async function trainOnce(task: PrecisionTask): Promise<HeldOutLoss> {
  const { base, steps, seed, threads, folder, signal, onStep } = task;
  const model = { ...trainedModel(base, defaultHyperparameters.lora), precision: task.precision };
  const tokenisation = { tokenizer: base.tokenizer, maxPromptTokens, maxNewTokens: maxPackedTokens };
  const packs = await packsOf(task, tokenisation);
  const hooks = {
    signal,
    onProgress: () => undefined,
    waitForTurn: () => Promise.resolve(),
    nowMs: Date.now,
  };
  const jobKey = `${task.precision} ${seed} ${steps}`;
  const run = await RetrainRun.open({ base, threads, folder, jobKey, seed }, hooks);
  try {
    const first = freshLora(model.layout, RandomStream.named(seed, 'lora'));
    const before = await heldOutLoss(run.sessions, { model, theta: first }, task, tokenisation);
    const { theta } = await run.stage('sft', async (runtime) => {
      const policy = run.trainee('sft', model, first);
      const afterStep = async (): Promise<void> => {
        onStep(`loss ${runtime.state.curves['loss']!.at(-1)!.toFixed(3)}`);
        await runtime.afterStep();
      };
      const parts = { policy, packs: packs.slice(0, steps * packsPerStep) };
      await runSft(parts, trainedFor, { ...runtime, afterStep });
      return { theta: policy.theta, metrics: {} };
    });
    const after = await heldOutLoss(run.sessions, { model, theta }, task, tokenisation);
    await run.forget();
    return { before, after };
  } finally {
    await run.dispose();
  }
}

const trainedFor = {
  ...defaultHyperparameters,
  sft: { ...defaultHyperparameters.sft, batchSize: packsPerStep, epochs: 1 },
};

/** As many packs as the steps need, each seen once. */
async function packsOf(
  { learned, steps, seed, signal }: PrecisionTask,
  tokenisation: Tokenisation,
): Promise<DemonstrationPack[]> {
  const demonstrations = workspaceDemonstrations(learned, { seed, maxPlaces: steps * packsPerStep });
  return packDemonstrations(demonstrations, {
    ...{ tokenisation, maxPackedTokens, aboveWeight: 1 },
    isHeldOutLine: () => false,
    breathe: () => {
      signal.throwIfAborted();
      return Promise.resolve();
    },
  });
}

/** The same places whatever the seed of the training. */
async function heldOutLoss(
  sessions: GraphSessions,
  { model, theta }: { readonly model: TrainedModel; readonly theta: Float32Array },
  { heldOut, signal }: PrecisionTask,
  tokenisation: Tokenisation,
): Promise<number> {
  const places = workspaceDemonstrations(heldOut, { seed: 1, maxPlaces: heldOutPlaces });
  let [sum, count] = [0, 0];
  for (const sequence of demonstrationSequences(places, tokenisation)) {
    signal.throwIfAborted();
    const scorer = { model: { ...model, precision: 'float32' as const }, theta };
    const [logProbs] = await scoreLogProbs(sessions, scorer, [sequence], 1);
    sum -= logProbs!.reduce((total, logProb) => total + logProb, 0);
    count += logProbs!.length;
  }
  return sum / count;
}
