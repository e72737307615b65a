import type { TokenSequence } from '../graphs/sequenceBatch.ts';
import type { Hyperparameters } from '../hyperparameters.ts';
import { ktoLoss, pairwiseLoss, type PreferenceLoss } from './preferenceLoss.ts';
import { sumOf } from '../gate/statistics.ts';
import { shareOrdered, type PreferenceSequences } from './rewardModel.ts';
import { scoreLogProbs, type Scorer } from './scoring.ts';
import type { StageRuntime } from './stage.ts';
import { supervisedLoss } from './supervisedLoss.ts';
import { sumMicroBatches, type LossAndGradient, type Trainee } from './trainee.ts';
import { trainInSteps, type BatchLoss } from './trainInSteps.ts';

/** Which loss of the preferences a policy is trained on without a reward model. */
export type DirectMethod = Exclude<Hyperparameters['method'], 'ppo'>;

/** What a policy is trained from, and what it is held to. */
export interface DirectParts {
  readonly policy: Trainee;
  /** The SFT policy. */
  readonly reference: Scorer;
  readonly preferences: readonly PreferenceSequences[];
  readonly method: DirectMethod;
}

/**
 * Trains a policy on preferences directly.
 *
 *   logRatio = log policy(text) - log reference(text), of a whole text
 *   'dpo'    mean over pairs of -log sigmoid(beta (logRatio[better] - logRatio[worse])), arXiv:2305.18290,
 *            equation 7: Bradley and Terry's loss of the implicit rewards beta logRatio
 *   'kto'    mean over texts of `ktoLoss`, arXiv:2402.01306
 *
 * Every prompt counts alike. A loss depends on the policy through its log-ratios alone, so its gradient is
 * that of the log-probabilities, weighted: one pass reads them, a second one takes the gradient.
 *
 * @returns why it stopped early, or `undefined` when it ran to its end.
 */
export async function runDirectPreference(
  parts: DirectParts,
  hyperparameters: Hyperparameters,
  runtime: StageRuntime,
): Promise<string | undefined> {
  const { policy, preferences, method } = parts;
  const { direct, adam } = hyperparameters;
  return trainInSteps(
    {
      ...{ trainee: policy, name: method, examples: preferences, settings: direct, adam },
      lossOf: (batch) => batchLoss(parts, batch, direct, runtime),
    },
    runtime,
  );
}

/** The mean loss of a prompt, and the share of pairs that the log-ratios put in the right order. */
async function batchLoss(
  parts: DirectParts,
  batch: readonly PreferenceSequences[],
  { beta }: Hyperparameters['direct'],
  runtime: StageRuntime,
): Promise<BatchLoss> {
  const { method } = parts;
  const klReference = method === 'kto' ? await mismatchedLogRatio(parts, batch, runtime) : 0;
  const settings = { method, beta, klReference, share: 1 / batch.length };
  let accuracy = 0;
  const sum = await sumMicroBatches(batch, async (group) => {
    await runtime.breathe();
    const { logRatios, ...loss } = await directLoss(parts, group, settings, runtime);
    accuracy += shareOrdered(group, logRatios) / batch.length;
    return loss;
  });
  return { ...sum, noted: { accuracy } };
}

interface LossSettings {
  readonly method: DirectMethod;
  readonly beta: number;
  /** Nats. */
  readonly klReference: number;
}

/** `share` times the loss of one prompt's texts, with its gradient [size] by the policy's parameters. */
export async function directLoss(
  { policy, reference }: { readonly policy: Scorer; readonly reference: Scorer },
  group: PreferenceSequences,
  { share, ...settings }: LossSettings & { readonly share: number },
  runtime: Pick<StageRuntime, 'sessions'>,
): Promise<LossAndGradient & { readonly logRatios: readonly number[] }> {
  const logRatios = await logRatiosOf({ policy, reference }, group.sequences, runtime);
  const loss = scaled(lossOf(group, logRatios, settings), share);
  // By the parameters the loss has the gradient of -sum(weights * logProbs), because it depends on nothing else.
  const weights = Array.from(loss.gradient, (value) => -value);
  const { gradient } = await supervisedLoss(policy, group.sequences, weights, runtime);
  return { logRatios, loss: loss.loss, gradient };
}

/** The loss of one prompt's texts, with its gradient by log-ratio. */
function lossOf(
  group: PreferenceSequences,
  logRatios: readonly number[],
  { method, beta, klReference }: LossSettings,
): PreferenceLoss {
  if (method === 'kto') return ktoLossOf(group, logRatios, { beta, klReference });
  const { pairs, shares, labelSmoothing } = group;
  const rewards = logRatios.map((logRatio) => beta * logRatio);
  const { loss, gradient } = pairwiseLoss(rewards, pairs, { labelSmoothing, centring: 0, shares });
  return { loss, gradient: gradient.map((value) => beta * value) };
}

/** The mean over the texts that were kept or refused, each as much as its pair with silence. */
function ktoLossOf(
  group: PreferenceSequences,
  logRatios: readonly number[],
  { beta, klReference }: Omit<LossSettings, 'method'>,
): PreferenceLoss {
  const gradient = new Float64Array(logRatios.length);
  const opinions = logRatios.map((_, index) => isDesirable(group, index));
  const count = opinions.filter((opinion) => opinion !== undefined).length;
  let sum = 0;
  for (const [index, opinion] of opinions.entries()) {
    if (opinion === undefined) continue;
    const one = ktoLoss({ logRatio: logRatios[index]!, isDesirable: opinion }, klReference, beta);
    const weight = textWeight(group, index);
    sum += weight * one.loss;
    gradient[index] = (weight * one.gradient) / count;
  }
  return { loss: sum / Math.max(count, 1), gradient };
}

/**
 * Whether a text is better than silence; where they were not compared, whether none was better than it. Nobody said so of
 * silence itself, nor of an alternative that a ranking left out.
 */
export function isDesirable({ pairs, silence }: PreferenceSequences, index: number): boolean | undefined {
  const own = pairs.filter((pair) => pair.includes(index));
  if (index === silence || own.length === 0) return undefined;
  const toSilence = own[withSilence({ pairs: own, silence }, index)];
  return toSilence === undefined ? !own.some(([, worse]) => worse === index) : toSilence[0] === index;
}

/** How much a text counts where one of equal shares counts 1. */
function textWeight({ pairs, shares, silence }: PreferenceSequences, index: number): number {
  const share = shares?.[withSilence({ pairs, silence }, index)];
  return share === undefined ? 1 : share * pairs.length;
}

/** The index of the pair of a text and silence; -1 where there is none. */
function withSilence(
  { pairs, silence }: Pick<PreferenceSequences, 'pairs' | 'silence'>,
  index: number,
): number {
  return pairs.findIndex((pair) => pair.includes(index) && pair.some((other) => other === silence));
}

/**
 * KTO's estimate of how far the policy went from the reference: the mean log-ratio of the texts that its loss
 * judges, each behind the prompt of the next group, at least 0. Every group counts alike.
 */
export async function mismatchedLogRatio(
  parts: { readonly policy: Scorer; readonly reference: Scorer },
  batch: readonly PreferenceSequences[],
  runtime: Pick<StageRuntime, 'sessions' | 'breathe'>,
): Promise<number> {
  if (batch.length < 2) return 0;
  let sum = 0;
  for (const [index, group] of batch.entries()) {
    await runtime.breathe();
    const { promptTokens } = batch[(index + 1) % batch.length]!.sequences[0]!;
    const judged = group.sequences.filter((_, text) => isDesirable(group, text) !== undefined);
    const mismatched = judged.map((sequence) => ({ ...sequence, promptTokens }));
    const logRatios = await logRatiosOf(parts, mismatched, runtime);
    sum += logRatios.reduce((all, logRatio) => all + logRatio, 0) / logRatios.length;
  }
  return Math.max(0, sum / batch.length);
}

/** log policy(text) - log reference(text) of each whole text, in nats. */
async function logRatiosOf(
  { policy, reference }: { readonly policy: Scorer; readonly reference: Scorer },
  sequences: readonly TokenSequence[],
  { sessions }: Pick<StageRuntime, 'sessions'>,
): Promise<number[]> {
  const ours = await scoreLogProbs(sessions, policy, sequences, 1);
  const theirs = await scoreLogProbs(sessions, reference, sequences, 1);
  return ours.map((logProbs, i) => sumOf(logProbs) - sumOf(theirs[i]!));
}

function scaled({ loss, gradient }: PreferenceLoss, share: number): PreferenceLoss {
  return { loss: share * loss, gradient: gradient.map((value) => share * value) };
}
