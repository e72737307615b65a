import type { RetrainSummary } from '../process/clients.ts';
import { judgeOffered, type HeldOutTotals } from '../trainer/heldOutEvaluation.ts';
import type { Manifest } from '../trainer/manifest.ts';

type Sample = RetrainSummary['samples'][number];

/** What a retraining came to, as text for a terminal. */
export function retrainText({ manifest, heldOut, samples }: RetrainSummary): string {
  return [
    ...learnedLines(manifest),
    '',
    ...(samples.length === 0
      ? ['Both policies offered the same at every held-out place.']
      : ['Where the old and the new policy differ most on held-out work:', ...samples.map(sampleText)]),
    '',
    ...totalsTable(heldOut.before, heldOut.after),
    '',
    manifest.verdict.reason,
    `The new adapter is ${manifest.adapterId}.`,
  ].join('\n');
}

/** What was learned from, and what each stage did. */
export function learnedLines({ data, stages }: Manifest): string[] {
  return [
    `Learned from ${data.demonstrations} demonstrations, ${data.preferencePairs} preferences at ${data.preferenceGroups} prompts.`,
    ...stages.map(({ name, steps, seconds, stopReason }) => {
      const why = stopReason === undefined ? '' : ` (${stopReason})`;
      return `  ${name.padEnd(7)} ${steps} steps in ${seconds.toFixed(0)} s${why}`;
    }),
  ];
}

/** One held-out prompt with what was written there and what both policies offered. */
export function sampleText({ documentUri, lineBefore, written, before, after }: Sample): string {
  return [
    `  ${documentUri.split('/').at(-1) ?? ''}: ${lineBefore}|`,
    `    written  ${shorten(written)}`,
    `    before   ${describe(before, written)}`,
    `    after    ${describe(after, written)}`,
  ].join('\n');
}

/** Both policies over all held-out prompts, side by side. */
export function totalsTable(before: HeldOutTotals, after: HeldOutTotals): string[] {
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

function describe(offered: string, written: string): string {
  if (offered === '') return '(silent)';
  const { isAccepted, keptChars } = judgeOffered(offered, written);
  const verdict = isAccepted ? 'accepted' : `${keptChars} of ${offered.length} characters kept`;
  return `${shorten(offered)}   [${verdict}]`;
}

/** As wide as a terminal of 100 columns has room for beside the rest of the line. */
const maxTextChars = 70;

/** A text on one line. */
function shorten(text: string): string {
  const line = text.replaceAll('\n', '⏎');
  return line.length <= maxTextChars ? line : `${line.slice(0, maxTextChars - 1)}…`;
}
