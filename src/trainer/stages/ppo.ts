import type { Hyperparameters } from '../hyperparameters.ts';
import { nextKlCoefficient } from './klControl.ts';
import { mean, sumOf } from '../gate/statistics.ts';
import { reasonOfTime } from '../timeBudget.ts';
import { whyTooFar, whyToUndo } from './trainingGuards.ts';
import { scoreRollouts, type PpoModels, type Rollout, type ScoredRollout } from './ppoRollouts.ts';
import { updateOnRollouts } from './ppoUpdate.ts';
import { bestWorth, isSurelyAbove, noteCandidate, windowOf } from './bestCheckpoint.ts';
import { noteStep, planSteps, type StageRuntime, type StageState } from './stage.ts';
import type { Trainee } from './trainee.ts';

/** Samples and rewards one batch of rollouts from the policy `theta`: one group per prompt. */
export type SampleRollouts = (
  theta: Float32Array,
  iteration: number,
) => Promise<readonly (readonly Rollout[])[]>;

/**
 * Proximal policy optimisation against a reward with a KL penalty to the reference policy:
 * Schulman et al. 2017 (arXiv:1707.06347) as Ziegler et al. 2019 (arXiv:1909.08593) and Huang et
 * al. 2024 (arXiv:2403.17031) use it on language models.
 *
 * Each iteration tells what the policy was worth that wrote it: its score less the KL penalty. Where some
 * iterations before were surely better than the last ones, the policy of those is what is left.
 *
 * @param best [size]; takes the parameters of the best iterations.
 * @param well [size], at first the reference's; takes those of the last policy whose distance was within its limit.
 * @returns why it stopped early, or `undefined` when it ran to its end. Where a guard refused the policy, that
 * last one is what is left.
 */
export async function runPpo(
  { best, well, ...models }: PpoModels & Readonly<Record<'best' | 'well', Float32Array>>,
  sample: SampleRollouts,
  hyperparameters: Hyperparameters,
  runtime: StageRuntime,
): Promise<string | undefined> {
  const { ppo, guard } = hyperparameters;
  const { state } = runtime;
  state.numbers['klCoefficient'] ??= ppo.klCoefficient;
  const whole = { totalSteps: ppo.iterations, breathsPerStep: breathsPerIteration(ppo) };
  let iterations = planSteps(runtime, whole);
  while (state.step < iterations) {
    const sampled = await sample(models.policy.theta, state.step);
    const groups = await scoreRollouts(models, sampled, ppo, runtime);
    if (groups.length === 0) return 'the policy was free to choose in none of its rollouts';
    const scored = groups.flat();
    const klPerCompletion = mean(scored.map((rollout) => rollout.klPerCompletion));
    const tooFar = whyTooFar(klPerCompletion, guard);
    if (tooFar !== undefined) return putBack(models.policy, well, tooFar);
    well.set(models.policy.theta);
    const health = await updateOnRollouts(models, groups, { ...hyperparameters, iterations }, runtime);
    const toUndo = whyToUndo(health, guard);
    if (toUndo !== undefined) return putBack(models.policy, well, toUndo);
    const klCoefficient = state.numbers['klCoefficient'];
    noteStep(state, { ...describe(scored), ...health, klPerCompletion, klCoefficient });
    const worth = windowOf(objectives(state));
    if (worth !== undefined) noteCandidate({ state, theta: best }, well, worth);
    state.numbers['klCoefficient'] = nextKlCoefficient(
      klCoefficient,
      { klPerCompletion, completionCount: scored.length },
      { targetKlPerCompletion: ppo.targetKlPerCompletion, horizon: ppo.klHorizon },
    );
    await runtime.afterStep();
    iterations = planSteps(runtime, whole);
  }
  returnToBest(models.policy, { state, theta: best });
  return reasonOfTime(state.step, ppo.iterations);
}

/** Gives why the policy is what it was when it was well. */
function putBack(policy: Trainee, well: Float32Array, why: string): string {
  policy.theta.set(well);
  return why;
}

/** What PPO maximises, of each iteration: the mean score less the KL penalty of a completion. */
function objectives({ curves: { score, klPerCompletion, klCoefficient } }: StageRuntime['state']): number[] {
  return (score ?? []).map((value, i) => value - klCoefficient![i]! * klPerCompletion![i]!);
}

/** Notes in the state's numbers that it did. */
function returnToBest(
  policy: Trainee,
  { state, theta }: { readonly state: StageState; readonly theta: Float32Array },
): void {
  const [best, last] = [bestWorth({ state }), windowOf(objectives(state))];
  if (best === undefined || last === undefined || !isSurelyAbove(best, last)) return;
  policy.theta.set(theta);
  state.numbers['returnedTo'] = state.numbers['bestStep']!;
}

/** Per prompt: one to write, three to score, and in each pass one for the policy and one for the critic. */
function breathsPerIteration({
  rolloutsPerIteration,
  rolloutsPerPrompt,
  epochs,
}: Hyperparameters['ppo']): number {
  return (rolloutsPerIteration / rolloutsPerPrompt) * (4 + 2 * epochs);
}

/** What the rollouts of an iteration were like, before the update. */
function describe(rollouts: readonly ScoredRollout[]): Record<string, number> {
  const tokens = sumOf(rollouts.map(({ logProbs }) => logProbs.length));
  const logProbSum = sumOf(rollouts.map(({ logProbs }) => sumOf(logProbs)));
  return {
    score: mean(rollouts.map(({ score }) => score)),
    /** Sampled estimate: the mean surprise of the tokens it wrote, in nats. */
    entropyPerToken: -logProbSum / tokens,
    completionTokens: tokens / rollouts.length,
  };
}
