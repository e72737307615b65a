import { join } from 'node:path';
import { loadServedPolicy } from '../../engine/generation/servedPolicy.ts';
import { freshLora } from '../../engine/model/lora.ts';
import { policyIdOf, type Calibration } from '../../engine/policy.ts';
import { RandomStream } from '../../engine/random.ts';
import { weightsFingerprint } from '../../engine/weights/weightsFingerprint.ts';
import type { RewardAdapter } from '../adapters/adapterFolder.ts';
import { newAdapterId } from '../adapters/adapterStore.ts';
import { fewestThatDecide } from './gateDecision.ts';
import { answerHeldOut, type HeldOutComparison, type WrittenAnswer } from './heldOutEvaluation.ts';
import { keepComparisons } from '../adapters/keptComparisons.ts';
import { heldOutPlaces, type HeldOutPlace } from './heldOutPlaces.ts';
import { isForgotten, withInherited } from '../adapters/learnedFrom.ts';
import type { Manifest, StageReport } from '../adapters/manifest.ts';
import { allForgotten } from '../errors.ts';
import type { RetrainContext } from '../retrainTask.ts';
import type { StoredAdapter } from '../adapters/storedAdapter.ts';
import { documentNamesIn } from '../data/dataset.ts';
import { shownAt } from './shownProject.ts';
import { weighCandidates, type GateAnswers } from './weighCandidates.ts';

/** What came of a retraining. */
export interface RetrainOutcome {
  readonly manifest: Manifest;
  /** What both policies offered on the held-out work, in full; `keptComparisons.ts` says what is kept of it. */
  readonly comparisons: readonly HeldOutComparison[];
}

/** What the gate weighs against each other. */
export interface Candidates {
  /** Absent where the base model serves alone. */
  readonly serving: StoredAdapter | undefined;
  /** The factors that ask to be promoted. */
  readonly theta: Float32Array;
  /** Kept with them; absent where none was trained. */
  readonly reward?: RewardAdapter | undefined;
  /** Where they come from, if they were not trained here. */
  readonly imported?: Manifest['imported'];
  /** How they were trained, if not here. */
  readonly stages?: readonly StageReport[];
}

/** Measures old and new policy on the held-out work, keeps the adapter, and promotes it when it is better. */
export async function passGate(
  context: RetrainContext,
  { serving, theta, reward, imported, stages }: Candidates,
): Promise<RetrainOutcome> {
  const { task, hooks, examples, run, model } = context;
  const id = newAdapterId(run.startedAtMs, examples.summary.sha256, imported);
  const newer = { id, lora: model.lora, theta, folder: join(task.checkpointFolder, `merged-${id}`) };
  const weightsBefore = imported === undefined ? weightsOf(context, serving) : undefined;
  const answers = {
    ...(await askOnHeldOut(context, { serving, newer })),
    calibrationBefore: serving?.calibration,
    mayKeepWeights: weightsBefore !== undefined,
  };
  const { weights, silent, calibrations, comparisons, verdict } = weighCandidates(answers, task.seed);
  const manifest: Manifest = {
    formatVersion: 1,
    adapterId: id,
    baseModelId: task.baseModelId,
    baseSha256: await weightsFingerprint(task.base.weights.path),
    ...(imported === undefined ? {} : { imported }),
    startedAtMs: run.startedAtMs,
    finishedAtMs: hooks.nowMs(),
    data: examples.summary,
    seed: task.seed,
    hyperparameters: task.hyperparameters,
    ...(context.trainedOn === undefined ? {} : { trainedOn: context.trainedOn }),
    stages: [...(stages ?? run.reports)],
    verdict,
    ...(silent === undefined ? {} : { calibration: keptCurve(silent.calibration), silence: silent.effect }),
    candidateCalibrations: { before: keptCurve(calibrations.before), after: keptCurve(calibrations.after) },
  };
  if (imported === undefined && isForgotten(examples.learnedFrom, task.records)) throw allForgotten();
  const kept = weights === 'after' ? { theta, reward } : { theta: weightsBefore!, isOld: true };
  await keepAdapter(context, { serving, imported, ...kept }, { manifest, comparisons });
  if (verdict.promoted) await task.adapters.promote(id, weights === 'after' ? newer.folder : undefined);
  return { manifest, comparisons };
}

/** A curve as a manifest keeps it. */
function keptCurve(calibration: Calibration | undefined): Manifest['calibration'] {
  return calibration && { over: 'logit', ...calibration };
}

/** The factors that serve now, or ones that change nothing where the base model does; undefined where they do not fit those that are trained. */
function weightsOf(
  { task: { seed }, model: { layout, lora } }: RetrainContext,
  serving: StoredAdapter | undefined,
): Float32Array | undefined {
  // Zeros alone could never be trained on.
  if (serving === undefined) return freshLora(layout, RandomStream.named(seed, 'lora'));
  const isAlike = serving.lora.rank === lora.rank && serving.lora.alpha === lora.alpha;
  return isAlike ? serving.theta : undefined;
}

/** A run that was killed right after it kept its adapter finds it there when it comes by again. */
async function keepAdapter(
  { task, model, examples }: RetrainContext,
  { serving, theta, reward, imported, isOld = false }: Candidates & { readonly isOld?: boolean },
  { manifest, comparisons }: RetrainOutcome,
): Promise<void> {
  const kept = await task.adapters.list();
  if (kept.some(({ id }) => id === manifest.adapterId)) return;
  const first = isOld ? serving?.id : (task.beginsWith ?? serving?.id);
  const peft = { alpha: model.lora.alpha, taskType: 'CAUSAL_LM' as const };
  await task.adapters.save({
    ...{ theta, reward, layout: model.layout, peft, manifest },
    comparisons: keepComparisons(comparisons, task.records),
    // Nobody here knows what an imported one learned from.
    learnedFrom:
      imported === undefined
        ? withInherited(
            isOld ? [] : examples.learnedFrom,
            first === undefined ? [] : await task.adapters.learnedFrom(first),
          )
        : undefined,
  });
}

/**
 * One policy after the other: two models at once would need twice the memory. Both at the same
 * prompts: those that the first was asked at in half of the gate's time and the second in the rest of it, and
 * never too few to decide.
 */
async function askOnHeldOut(
  context: RetrainContext,
  { serving, newer }: { readonly serving: StoredAdapter | undefined; readonly newer: StoredAdapter },
): Promise<Pick<GateAnswers, 'places' | 'before' | 'after'>> {
  const { hooks, run } = context;
  const places = placesOf(context);
  const startedAtMs = run.workedMs();
  const seconds = (): number => (run.workedMs() - startedAtMs) / 1000;
  await run.sessions.dispose();
  const before = await answersOf(
    context,
    serving,
    { seconds, step: 0 },
    { places, untilSeconds: run.gateSeconds() / 2 },
  );
  const again = { places: places.slice(0, before.length), untilSeconds: run.gateSeconds() };
  const after = await answersOf(context, newer, { seconds, step: before.length }, again);
  hooks.signal.throwIfAborted();
  const asked = after.length;
  return { places: places.slice(0, asked), before: before.slice(0, asked), after };
}

/** Where both policies are asked, with what a prompt there shows of the project. */
function placesOf({ task, examples }: RetrainContext): HeldOutPlace[] {
  const { records, shownFiles: files = [], limits, hyperparameters, base, seed } = task;
  const newest = examples.heldOut.demonstrations.slice(-hyperparameters.maxHeldOutPrompts);
  const places = heldOutPlaces(newest, seed);
  if (base.tokenizer.repository === undefined || files.length === 0) return places;
  const { maxPromptTokens } = limits;
  const relatedTo = shownAt(examples.heldOut, { files, namesOf: documentNamesIn(records), maxPromptTokens });
  return places.map((place) => ({ ...place, related: relatedTo(place.demonstration) }));
}

/** What one policy offers at the places, or at those that there is time for. */
async function answersOf(
  { task, hooks, run }: RetrainContext,
  adapter: StoredAdapter | undefined,
  { seconds, step }: { readonly seconds: () => number; readonly step: number },
  { places, untilSeconds }: { readonly places: readonly HeldOutPlace[]; readonly untilSeconds: number },
): Promise<WrittenAnswer[]> {
  const { signal } = hooks;
  const convert = { signal, onProgress: () => undefined };
  const id = policyIdOf(task.baseModelId, adapter?.id);
  const policy = await loadServedPolicy(task.base, { id, adapter, threads: task.threads, convert });
  const answers: WrittenAnswer[] = [];
  const fewest = fewestThatDecide(places.map(({ demonstration }) => demonstration));
  try {
    for (const place of places) {
      if (seconds() > untilSeconds && answers.length >= fewest) break;
      await run.breathe();
      answers.push(await answerHeldOut(policy, place, task.limits, signal));
      const done = { step: step + answers.length, totalSteps: 2 * places.length };
      run.report({ stage: 'gate', ...done, seconds: seconds(), numbers: {} });
    }
    return answers;
  } finally {
    await policy.dispose();
  }
}
