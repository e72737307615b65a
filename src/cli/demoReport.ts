import { cursorLineOf } from '../completion/prompt/context.ts';
import { silenceSentence } from '../report/learningReport.ts';
import type { HeldOutAnswer, HeldOutComparison } from '../trainer/gate/heldOutEvaluation.ts';
import { heldOutTotals } from '../trainer/gate/heldOutTotals.ts';
import type { DemoResult } from './demo.ts';
import type { ReplayTally } from './replay/replayedDeveloper.ts';
import { learnedLines, sampleText, totalsTable, type OfferedText } from './retrainText.ts';

/** The demo's result in the form that `--json` writes. */
export function demoJson({ model, outcome }: DemoResult): object {
  const { data, stages, verdict } = outcome.manifest;
  return {
    model,
    examples: {
      demonstrations: data.demonstrations,
      preferences: data.preferencePairs,
      prompts: data.prompts,
    },
    stages: stages.map(({ name, steps, seconds, metrics, stopReason }) => ({
      ...{ name, steps, seconds, metrics },
      ...(stopReason === undefined ? {} : { stopReason }),
    })),
    heldOut: {
      before: heldOutTotals(outcome.comparisons, 'before'),
      after: heldOutTotals(outcome.comparisons, 'after'),
    },
    verdict: { promoted: verdict.promoted, reason: verdict.reason },
  };
}

/** The demo's result as text for a terminal. */
export function demoText({ collected, dataFolder, outcome }: DemoResult): string {
  const { comparisons, manifest } = outcome;
  return [
    '',
    collectedLine(collected),
    ...learnedLines(manifest),
    '',
    'Held-out completions, old and new policy, beside what was written:',
    ...mostDifferent(comparisons).map(sideBySide),
    '',
    ...totalsTable(heldOutTotals(comparisons, 'before'), heldOutTotals(comparisons, 'after')),
    '',
    ...(manifest.silence === undefined ? [] : [silenceSentence(manifest.silence), '']),
    manifest.verdict.reason,
    `Store and adapters are in ${dataFolder}.`,
  ].join('\n');
}

function collectedLine({ asked, shown, accepted, keptChars, typedChars }: ReplayTally): string {
  return `While the work was written: asked ${asked} times, shown ${shown}, accepted ${accepted}; ${keptChars} of ${typedChars} characters kept.`;
}

const shownSamples = 8;

/** Those where the policies differ most, losses and gains alike, and some where they agree when there are few. */
function mostDifferent(comparisons: readonly HeldOutComparison[]): HeldOutComparison[] {
  const difference = ({ before, after }: HeldOutComparison): number =>
    Math.abs(after.keptChars - before.keptChars) + Math.abs(after.refusedChars - before.refusedChars);
  return [...comparisons].sort((a, b) => difference(b) - difference(a)).slice(0, shownSamples);
}

function sideBySide({ demonstration, before, after }: HeldOutComparison): string {
  const { documentUri, text } = demonstration;
  return sampleText({
    documentUri,
    lineBefore: cursorLineOf(demonstration).before,
    written: text,
    before: offered(before),
    after: offered(after),
  });
}

function offered({ text, keptChars }: HeldOutAnswer): OfferedText {
  return { text, keptChars, offeredChars: text.length };
}
