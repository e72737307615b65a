import type { HeldOutTotals } from '../trainer/heldOutEvaluation.ts';
import type { Calibration } from './calibration.ts';
import { details, escapeHtml, paragraph, percent, section, shortNumber, table } from './html.ts';
import type { HeldOutPart, LearningReport } from './learningReport.ts';
import { calibrationFigure, curveFigure } from './plots.ts';
import type { Offer, Sample } from './samples.ts';
import type { StagePart } from './stageParts.ts';

/**
 * A learning report as the body of a page: verdict, held-out work, what it learned from, the stages.
 * It is whole without a script; with the script of the page its curves are drawn too, and in the editor
 * `#actions` is filled.
 */
export function reportBody(report: LearningReport): string {
  return [
    '<main>',
    verdictPart(report),
    heldOutSection(report),
    learnedSection(report),
    ...report.stages.map((stage) => stageSection(stage, report.calibration)),
    originSection(report),
    '</main>',
  ].join('\n');
}

function verdictPart({ verdict, startedAtMs, finishedAtMs }: LearningReport): string {
  const { promoted, reason, comparison } = verdict;
  const minutes = ((finishedAtMs - startedAtMs) / 60_000).toFixed(1);
  return [
    verdictHeading(promoted, reason),
    comparison === undefined ? '' : intervalDrawing(comparison),
    paragraph(`Finished ${new Date(finishedAtMs).toLocaleString()}, ${minutes} minutes after it began.`),
    '<div id="actions" role="status"></div>',
  ].join('\n');
}

/** The verdict's sentence, its first word or two as a badge. */
function verdictHeading(promoted: boolean, reason: string): string {
  const [badge, name] = promoted ? ['Promoted', 'promoted'] : ['Not promoted', 'kept'];
  const rest = reason.startsWith(`${badge}: `) ? reason.slice(badge.length + 2) : reason;
  const sentence = rest.charAt(0).toUpperCase() + rest.slice(1);
  return `<h1><span class="badge ${name}">${badge}</span> ${escapeHtml(sentence)}</h1>`;
}

/** The gain and its 95 % interval on a line, with 0 marked: the new policy is better to the right of it. */
function intervalDrawing({ gain, low, high }: NonNullable<LearningReport['verdict']['comparison']>): string {
  const reach = Math.max(Math.abs(low), Math.abs(high), Math.abs(gain)) * 1.15 || 1;
  const x = (value: number): number => Math.round(200 + (value / reach) * 190);
  const label = `Gain ${shortNumber(gain)}, 95 % interval ${shortNumber(low)} to ${shortNumber(high)}`;
  return [
    `<figure class="interval"><svg viewBox="0 0 400 34" role="img" aria-label="${label}">`,
    '<line class="axis" x1="5" y1="17" x2="395" y2="17"/><line class="zero" x1="200" y1="4" x2="200" y2="30"/>',
    `<line class="range" x1="${x(low)}" y1="17" x2="${x(high)}" y2="17"/><circle cx="${x(gain)}" cy="17" r="5"/>`,
    `</svg><figcaption>Kept characters a prompt, less a third of the refused ones. Right of the thin line, which is 0, the new policy is better.</figcaption></figure>`,
  ].join('');
}

const totalNames: Readonly<Record<keyof HeldOutTotals, string>> = {
  asked: 'Places asked',
  shown: 'Completions shown',
  accepted: 'Right as a whole',
  keptChars: 'Characters kept',
  refusedChars: 'Characters refused',
  typedChars: 'Characters you wrote there',
};

function heldOutSection({ heldOut, silence }: LearningReport): string {
  const title = 'On your newest work, which training never saw';
  if (heldOut.kind === 'nothing') return section(title, paragraph(heldOut.why));
  const { before, after, best, worst, forgotten } = heldOut;
  const names = Object.keys(totalNames) as (keyof HeldOutTotals)[];
  const rows = names.map((name) => [totalNames[name], String(before[name]), String(after[name])]);
  return section(
    title,
    table(rows, { head: ['', 'Old policy', 'New policy'] }),
    paragraph(countSentence(heldOut), 'counts'),
    silence === undefined ? '' : paragraph(silence),
    forgotten === 0
      ? ''
      : paragraph(`Not in these numbers, because you have forgotten them: ${counted(forgotten, 'place')}.`),
    samplesPart('Where it gained most', best, 'At no place is more kept, or less to refuse.'),
    samplesPart('Where it lost most', worst, 'At no place is less kept, or more to refuse.'),
    paragraph(
      'Marked is what you would have kept of an offer. These texts lie in comparisons.json in the adapter’s folder, until you forget their file or everything.',
    ),
  );
}

function countSentence({
  keptMore,
  keptFewer,
  keptAsMany,
}: Extract<HeldOutPart, { kind: 'compared' }>): string {
  return `The new policy keeps more characters at ${counted(keptMore, 'place')}, fewer at ${counted(keptFewer, 'place')}, as many at ${counted(keptAsMany, 'place')}.`;
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

function samplesPart(title: string, samples: readonly Sample[], none: string): string {
  const content = samples.length === 0 ? paragraph(none) : samples.map(sampleArticle).join('\n');
  return `<h3>${title}</h3>\n${content}`;
}

function sampleArticle(sample: Sample): string {
  const { documentUri, linesAbove, lineBefore, written, before, after, keptGain, refusedGain } = sample;
  const name = decodeName(documentUri);
  const gains = `${signed(keptGain)} characters kept, ${signed(refusedGain)} to refuse`;
  const column = (label: string, code: string, note: string): string =>
    `<div><dt>${label} <small>${note}</small></dt><dd><pre>${quiet(lineBefore)}${code}</pre></dd></div>`;
  return [
    `<article class="sample"><h4>${escapeHtml(name)} <small>${gains}</small></h4>`,
    linesAbove === '' ? '' : `<pre class="above">${quiet(linesAbove)}</pre>`,
    '<dl>',
    column('You wrote', escapeHtml(written), ''),
    column('Old policy', offerCode(before), offerNote(before)),
    column('New policy', offerCode(after), offerNote(after)),
    '</dl></article>',
  ].join('');
}

function offerCode({ kept, refused }: Offer): string {
  if (kept + refused === '') return '<i class="quiet">nothing</i>';
  const mark = kept === '' ? '' : `<mark>${escapeHtml(kept)}</mark>`;
  return `${mark}${refused === '' ? '' : `<span class="refused">${escapeHtml(refused)}</span>`}`;
}

function offerNote({ kept, refused }: Offer): string {
  if (kept + refused === '') return 'silent';
  if (refused === '') return 'all kept';
  return kept === '' ? 'none kept' : 'marked: kept';
}

function quiet(code: string): string {
  return `<span class="quiet">${escapeHtml(code)}</span>`;
}

function signed(value: number): string {
  if (value === 0) return '±0';
  return value > 0 ? `+${value}` : `−${Math.abs(value)}`;
}

/** The name of a document's file; URIs write some characters in percent. */
function decodeName(documentUri: string): string {
  const name = documentUri.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function learnedSection({ data }: LearningReport): string {
  const rows = [
    ['What you wrote', counted(data.demonstrations, 'demonstration')],
    ['What stands in your files', counted(data.workspacePlaces, 'place')],
    [
      'What you preferred',
      `${counted(data.preferencePairs, 'pair')} at ${counted(data.preferenceGroups, 'place')}`,
    ],
    ['Prompts to practise on', String(data.prompts)],
    [
      'Held out, the newest',
      `${counted(data.heldOutDemonstrations, 'demonstration')}, preferences at ${counted(data.heldOutPreferenceGroups, 'place')}`,
    ],
    ['Left out, as they would show what is held out', String(data.withheld)],
  ];
  return section('Learned from', table(rows, { className: 'facts' }));
}

function stageSection(stage: StagePart, calibration: Calibration): string {
  const { title, unit, steps, seconds, notes, curves, technicalCurves, metrics } = stage;
  const figures = (of: StagePart['curves']): string =>
    `<div class="plots">${of.map((curve) => curveFigure(curve, unit)).join('\n')}</div>`;
  const numbers = table(metrics.map((metric) => [metric.title, shortNumber(metric.value)]));
  return section(
    title,
    paragraph(`${counted(steps, unit)} in ${seconds.toFixed(0)} s. ${notes.join(' ')}`.trim()),
    curves.length === 0 ? '' : figures(curves),
    stage.name === 'reward' ? calibrationPart(calibration) : '',
    metrics.length === 0 ? '' : details('Metrics', numbers),
    technicalCurves.length === 0 ? '' : details('More curves', figures(technicalCurves)),
  );
}

function calibrationPart(calibration: Calibration): string {
  if (calibration.kind === 'nothing') return `<h3>Calibration</h3>\n${paragraph(calibration.why)}`;
  const { bins, brier, calibrationError } = calibration;
  const pairs = bins.reduce((sum, bin) => sum + bin.pairs, 0);
  const facts = `${pairs} held-out pairs. Its probability is ${percent(calibrationError)} off on average (calibration error); Brier score ${shortNumber(brier)}, a coin has 0.25.`;
  return `<h3>Calibration</h3>\n${paragraph(facts)}\n<div class="plots">${calibrationFigure(calibration)}</div>`;
}

function originSection({ adapterId, baseModelId, data, seed }: LearningReport): string {
  const rows = [
    ['Adapter', adapterId],
    ['Base model', baseModelId],
    ['Hash of the data', data.sha256.slice(0, 16)],
    ['Seed', String(seed)],
  ];
  return section('Where it comes from', table(rows, { className: 'facts' }));
}
