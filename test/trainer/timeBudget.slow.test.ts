import { expect, it } from 'vitest';
import { retrainText } from '../../src/cli/retrainText.ts';
import type { RetrainSummary } from '../../src/process/clients.ts';
import { runRetraining } from '../../src/process/training/retraining.ts';
import { minPrompts } from '../../src/trainer/gate/gateDecision.ts';
import type { RetrainProgress } from '../../src/trainer/retrainRun.ts';
import { storeTinyWork, tinyRetraining } from '../process/tinyWork.ts';

interface TimedRun {
  readonly seconds: number;
  readonly manifest: RetrainSummary['manifest'];
  readonly reports: readonly RetrainProgress[];
}

/** A retraining on a clock that only its own work moves: each piece of it takes so many seconds. */
async function retrainIn(
  budgetSeconds: number,
  secondsOf: (newest: RetrainProgress | undefined) => number,
  documentCount?: number,
): Promise<TimedRun> {
  const settings = await tinyRetraining();
  storeTinyWork(settings.storePath, undefined, documentCount);
  const limited = { ...(settings.hyperparameters as object), timeBudgetMs: 1000 * budgetSeconds };
  const reports: RetrainProgress[] = [];
  let seconds = 0;
  const { manifest } = await runRetraining(
    { ...settings, hyperparameters: limited },
    {
      signal: new AbortController().signal,
      onProgress: (progress) => reports.push(progress),
      waitForTurn: () => {
        seconds += secondsOf(reports.at(-1));
        return Promise.resolve();
      },
      nowMs: Date.now,
      passedMs: () => 1000 * seconds,
    },
  );
  return { seconds, manifest, reports };
}

/** PPO's iteration here: eight rollouts of two prompts in one pass (`breathsPerIteration`), at a second a piece of work. */
const longestStepSeconds = 12;

it.each([200, 300])('takes no more than a step over its budget of %i s', async (budgetSeconds) => {
  const { seconds, manifest, reports } = await retrainIn(budgetSeconds, (newest) =>
    newest?.stage === 'gate' ? 0.5 : 1,
  );
  expect(seconds).toBeGreaterThan(budgetSeconds / 2);
  expect(seconds).toBeLessThanOrEqual(budgetSeconds + longestStepSeconds);
  const [sft] = manifest.stages;
  expect(sft!.stopReason).toMatch(/^there was time for \d+ of \d+ steps$/);
  expect(retrainText(manifest, undefined)).toMatch(
    /sft +\d+ steps in .* \(there was time for \d+ of \d+ steps\)/,
  );
  expect(manifest.verdict.comparison?.promptCount).toBeGreaterThanOrEqual(minPrompts);
  const left = reports.map(({ secondsLeft }) => secondsLeft!);
  expect(left).toEqual(left.toSorted((a, b) => b - a));
});

it('ends the gate in time where the new policy writes far more slowly, and compares at what both were asked', async () => {
  const answerSeconds = 12;
  const { seconds, manifest, reports } = await retrainIn(1000, (newest) =>
    newest?.stage === 'gate' && newest.step >= newest.totalSteps / 2 ? answerSeconds : 1,
  );
  expect(seconds).toBeLessThanOrEqual(1000 + answerSeconds);
  const asked = reports.findLast(({ stage }) => stage === 'gate')!;
  const { promptCount } = manifest.verdict.comparison!;
  expect(promptCount).toBeGreaterThanOrEqual(minPrompts);
  expect(promptCount).toBe(asked.step - asked.totalSteps / 2);
  expect(promptCount).toBeLessThan(asked.totalSteps / 2);
});

it('asks the fewest prompts that can decide in any case', async () => {
  const { manifest, reports } = await retrainIn(10, () => 1);
  expect(manifest.verdict.comparison?.promptCount).toBe(minPrompts);
  expect(reports.at(-1)).toMatchObject({ stage: 'gate', step: 2 * minPrompts, secondsLeft: 0 });
});

it('asks on where the fewest prompts come from too few stretches of work', async () => {
  const { manifest } = await retrainIn(10, () => 1, 4);
  // Of the first 30 each of the four documents has 7 or 8, one stretch; of the first 38 two have 10, two stretches.
  expect(manifest.verdict.comparison).toMatchObject({ promptCount: 38, groupCount: 6 });
});
