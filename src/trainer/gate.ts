import { policyIdOf } from '../engine/policy.ts';
import { newAdapterId } from './adapterStore.ts';
import { decidePromotion } from './gateDecision.ts';
import { answerHeldOut, toPairedOutcome, type HeldOutComparison } from './heldOutEvaluation.ts';
import type { Manifest } from './manifest.ts';
import type { RetrainContext } from './retrainTask.ts';

/** What came of a retraining. */
export interface RetrainOutcome {
  readonly manifest: Manifest;
  /** What both policies offered on the held-out work; holds the user's code, so it is never written to disk. */
  readonly comparisons: readonly HeldOutComparison[];
}

/** Measures old and new policy on the held-out work, keeps the adapter, and promotes it when it is better. */
export async function passGate(context: RetrainContext, theta: Float32Array): Promise<RetrainOutcome> {
  const { task, hooks, examples, run } = context;
  const adapterId = newAdapterId(run.startedAtMs, examples.summary.sha256);
  const comparisons = await compareOnHeldOut(context, policyIdOf(task.baseModelId, adapterId), theta);
  const verdict = decidePromotion(comparisons.map(toPairedOutcome), task.seed);
  const manifest: Manifest = {
    formatVersion: 1,
    adapterId,
    baseModelId: task.baseModelId,
    startedAtMs: run.startedAtMs,
    finishedAtMs: hooks.nowMs(),
    data: examples.summary,
    seed: task.seed,
    hyperparameters: task.hyperparameters,
    stages: [...run.reports],
    verdict,
  };
  await keepAdapter(context, theta, manifest);
  if (verdict.promoted) await task.adapters.promote(adapterId);
  return { manifest, comparisons };
}

/** A run that was killed right after it kept its adapter finds it there when it comes by again. */
async function keepAdapter(
  { task, model }: RetrainContext,
  theta: Float32Array,
  manifest: Manifest,
): Promise<void> {
  const kept = await task.adapters.list();
  if (kept.some(({ id }) => id === manifest.adapterId)) return;
  const peft = { alpha: model.lora.alpha, taskType: 'CAUSAL_LM' as const };
  await task.adapters.save({ theta, layout: model.layout, peft, manifest });
}

async function compareOnHeldOut(
  { task, hooks, examples, run, policy }: RetrainContext,
  id: ReturnType<typeof policyIdOf>,
  theta: Float32Array,
): Promise<HeldOutComparison[]> {
  const newer = policy.withTheta(id, theta);
  const demonstrations = examples.heldOut.demonstrations.slice(-task.hyperparameters.maxHeldOutPrompts);
  const startedAtMs = hooks.nowMs();
  const comparisons: HeldOutComparison[] = [];
  for (const demonstration of demonstrations) {
    await run.breathe();
    const before = await answerHeldOut(policy, demonstration, task.limits, hooks.signal);
    await run.breathe();
    const after = await answerHeldOut(newer, demonstration, task.limits, hooks.signal);
    comparisons.push({ demonstration, before, after });
    const seconds = (hooks.nowMs() - startedAtMs) / 1000;
    run.report({
      stage: 'gate',
      step: comparisons.length,
      totalSteps: demonstrations.length,
      seconds,
      numbers: {},
    });
  }
  hooks.signal.throwIfAborted();
  return comparisons;
}
