import { learningReport, type HeldOutPart } from '../report/learningReport.ts';
import type { Offer, Sample } from '../report/samples.ts';
import type { HeldOutTotals } from '../trainer/gate/heldOutTotals.ts';
import type { KeptComparisons } from '../trainer/adapters/keptComparisons.ts';
import type { Manifest } from '../trainer/adapters/manifest.ts';

/** What a retraining came to, as text for a terminal; `kept` as `learningReport` takes it. */
export function retrainText(manifest: Manifest, kept: KeptComparisons | undefined): string {
  const { heldOut, silence } = learningReport(manifest, kept);
  return [
    ...learnedLines(manifest),
    '',
    ...(heldOut.kind === 'nothing' ? [heldOut.why] : comparedLines(heldOut)),
    ...(silence === undefined ? [] : ['', silence]),
    '',
    manifest.verdict.reason,
    `The adapter is ${manifest.adapterId}.`,
  ].join('\n');
}

function comparedLines({ before, after, best, worst }: Extract<HeldOutPart, { kind: 'compared' }>): string[] {
  const none = 'The new policy is nowhere better or worse on held-out work.';
  return [
    ...(best.length + worst.length === 0 ? [none] : []),
    ...samplesUnder('Where the new policy gained most on held-out work:', best),
    ...samplesUnder('Where it lost most:', worst),
    '',
    ...totalsTable(before, after),
  ];
}

function samplesUnder(title: string, samples: readonly Sample[]): string[] {
  const offered = ({ kept, refused, ...chars }: Sample['before']): OfferedText => ({
    text: kept + refused,
    ...chars,
  });
  const texts = samples.map((sample) =>
    sampleText({ ...sample, before: offered(sample.before), after: offered(sample.after) }),
  );
  return texts.length === 0 ? [] : [title, ...texts];
}

/** What was learned from, and what each stage did. */
export function learnedLines({ data, stages }: Manifest): string[] {
  return [
    `Learned from ${data.demonstrations} demonstrations, ${data.preferencePairs} preferences at ${data.preferenceGroups} prompts.`,
    ...stages.map(({ name, steps, seconds, stopReason }) => {
      const why = stopReason === undefined ? '' : ` (${stopReason.replaceAll('\n', '; ')})`;
      return `  ${name.padEnd(7)} ${steps} steps in ${seconds.toFixed(0)} s${why}`;
    }),
  ];
}

/** One held-out prompt with what was written there and what both policies offered. */
export interface SideBySide {
  readonly documentUri: string;
  readonly lineBefore: string;
  readonly written: string;
  readonly before: OfferedText;
  readonly after: OfferedText;
}

/** What a policy offered: its text as it is shown, and how much of it as it was offered would have been kept. */
export interface OfferedText extends Pick<Offer, 'offeredChars' | 'keptChars'> {
  readonly text: string;
}

/** The same as text. */
export function sampleText({ documentUri, lineBefore, written, before, after }: SideBySide): string {
  return [
    `  ${documentUri.split('/').at(-1) ?? ''}: ${lineBefore}|`,
    `    written  ${shorten(written)}`,
    `    before   ${describe(before)}`,
    `    after    ${describe(after)}`,
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

function describe({ text, offeredChars, keptChars }: OfferedText): string {
  if (text === '') return '(silent)';
  const isAccepted = keptChars === offeredChars;
  const verdict = isAccepted ? 'accepted' : `${keptChars} of ${offeredChars} characters kept`;
  return `${shorten(text)}   [${verdict}]`;
}

/** As wide as a terminal of 100 columns has room for beside the rest of the line. */
const maxTextChars = 70;

/** A text on one line. */
function shorten(text: string): string {
  const line = text.replaceAll('\n', '⏎');
  return line.length <= maxTextChars ? line : `${line.slice(0, maxTextChars - 1)}…`;
}
