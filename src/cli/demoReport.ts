import { heldOutTotals, type HeldOutComparison, type HeldOutTotals } from '../trainer/heldOutEvaluation.ts';
import type { DemoResult } from './demo.ts';

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
export function demoText(result: DemoResult): string {
  const { comparisons, manifest } = result.outcome;
  const { data, stages, verdict } = manifest;
  return [
    '',
    `Learned from ${data.demonstrations} demonstrations, ${data.preferencePairs} preferences at ${data.preferenceGroups} prompts.`,
    ...stages.map((stage) => {
      const why = stage.stopReason === undefined ? '' : ` (${stage.stopReason})`;
      return `  ${stage.name.padEnd(7)} ${stage.steps} steps in ${stage.seconds.toFixed(0)} s${why}`;
    }),
    '',
    'Held-out completions, old and new policy, beside what was written:',
    ...mostDifferent(comparisons).map(sideBySide),
    '',
    ...table(heldOutTotals(comparisons, 'before'), heldOutTotals(comparisons, 'after')),
    '',
    `${verdict.promoted ? 'Promoted' : 'Not promoted'}: ${verdict.reason}`,
    `Store and adapters are in ${result.dataFolder}.`,
  ].join('\n');
}

const shownSamples = 8;

/** Those where the policies differ most, losses and gains alike, and some where they agree when there are few. */
function mostDifferent(comparisons: readonly HeldOutComparison[]): HeldOutComparison[] {
  const difference = ({ before, after }: HeldOutComparison): number =>
    Math.abs(after.keptChars - before.keptChars) + Math.abs(after.refusedChars - before.refusedChars);
  return [...comparisons].sort((a, b) => difference(b) - difference(a)).slice(0, shownSamples);
}

function sideBySide({ demonstration, before, after }: HeldOutComparison): string {
  const { prefix, documentUri, text } = demonstration;
  const line = prefix.slice(prefix.lastIndexOf('\n') + 1);
  return [
    `  ${documentUri.split('/').at(-1) ?? ''}: ${line}|`,
    `    written  ${shorten(text)}`,
    `    before   ${describe(before)}`,
    `    after    ${describe(after)}`,
  ].join('\n');
}

function describe({ text, isAccepted, keptChars }: HeldOutComparison['before']): string {
  if (text === '') return '(silent)';
  const verdict = isAccepted ? 'accepted' : `${keptChars} of ${text.length} characters kept`;
  return `${shorten(text)}   [${verdict}]`;
}

/** Completions on one line, short enough for a terminal. */
function shorten(text: string): string {
  const line = text.replaceAll('\n', '⏎');
  return line.length <= 70 ? line : `${line.slice(0, 69)}…`;
}

function table(before: HeldOutTotals, after: HeldOutTotals): string[] {
  const rows: [string, keyof HeldOutTotals][] = [
    ['asked', 'asked'],
    ['shown', 'shown'],
    ['accepted', 'accepted'],
    ['characters kept', 'keptChars'],
    ['characters refused', 'refusedChars'],
    ['characters typed', 'typedChars'],
  ];
  const line = (name: string, a: number | string, b: number | string): string =>
    `  ${name.padEnd(20)}${String(a).padStart(8)}${String(b).padStart(8)}`;
  return [
    line('held-out work', 'before', 'after'),
    ...rows.map(([name, key]) => line(name, before[key], after[key])),
  ];
}
