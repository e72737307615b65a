import { freshLora } from '../../src/engine/model/lora.ts';
import type { Precision } from '../../src/engine/model/frozenLinear.ts';
import { RandomStream } from '../../src/engine/random.ts';
import type { ModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { codeWindows, type SourceFile } from '../../src/trainer/data/codeWindows.ts';
import { windowSequence } from '../../src/trainer/data/exampleTokens.ts';
import type { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { trainedModel, type TrainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import { RetrainRun } from '../../src/trainer/retrainRun.ts';
import { scoreLogProbs } from '../../src/trainer/stages/scoring.ts';
import { runSft, type WeightedSequence } from '../../src/trainer/stages/sft.ts';
import { machineClocks } from '../../src/trainer/workClock.ts';

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
const maxWindowTokens = 96;
const windowsPerStep = 2;

/** Of the held-out files, the same for both precisions. */
const heldOutWindows = 64;

/** The shipped SFT stage on some files, in one precision, and the loss on others, read in float32. */
export async function trainOnce(task: PrecisionTask): Promise<HeldOutLoss> {
  const { base, steps, seed, threads, folder, signal, onStep } = task;
  const model = { ...trainedModel(base, defaultHyperparameters.lora), precision: task.precision };
  const learned = windowsOf(task.learned, base, { seed, maxWindows: steps * windowsPerStep });
  const hooks = {
    signal,
    onProgress: () => undefined,
    waitForTurn: () => Promise.resolve(),
    ...machineClocks,
  };
  const jobKey = `${task.precision} ${seed} ${steps}`;
  const run = await RetrainRun.open({ base, threads, folder, jobKey, seed }, hooks);
  try {
    const first = freshLora(model.layout, RandomStream.named(seed, 'lora'));
    const before = await heldOutLoss(run.sessions, { model, theta: first }, task);
    const { theta } = await run.stage('sft', async (runtime) => {
      const policy = run.trainee('sft', model, first);
      const afterStep = async (): Promise<void> => {
        onStep(`loss ${runtime.state.curves['loss']!.at(-1)!.toFixed(3)}`);
        await runtime.afterStep();
      };
      const packs = learned.map((window) => () => [window]);
      await runSft({ policy, packs }, trainedFor, { ...runtime, afterStep });
      return { theta: policy.theta, metrics: {} };
    });
    const after = await heldOutLoss(run.sessions, { model, theta }, task);
    await run.forget();
    return { before, after };
  } finally {
    await run.dispose();
  }
}

const trainedFor = {
  ...defaultHyperparameters,
  sft: { ...defaultHyperparameters.sft, batchSize: windowsPerStep, epochs: 1 },
};

function windowsOf(
  files: readonly SourceFile[],
  { tokenizer }: ModelFolder,
  drawn: { readonly seed: number; readonly maxWindows: number },
): WeightedSequence[] {
  return codeWindows(files, { ...drawn, isHeldOutLine: () => false }).map((window) =>
    windowSequence(window, { tokenizer, maxPromptTokens }, maxWindowTokens),
  );
}

/** At the same windows whatever the seed of the training. */
async function heldOutLoss(
  sessions: GraphSessions,
  { model, theta }: { readonly model: TrainedModel; readonly theta: Float32Array },
  { base, heldOut, signal }: PrecisionTask,
): Promise<number> {
  let [sum, count] = [0, 0];
  for (const sequence of windowsOf(heldOut, base, { seed: 1, maxWindows: heldOutWindows })) {
    signal.throwIfAborted();
    const scorer = { model: { ...model, precision: 'float32' as const }, theta };
    const [logProbs] = await scoreLogProbs(sessions, scorer, [sequence], 1);
    sum -= logProbs!.reduce((total, logProb) => total + logProb, 0);
    count += logProbs!.length;
  }
  return sum / count;
}
