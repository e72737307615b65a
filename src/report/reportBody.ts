import * as l10n from '@vscode/l10n';
import { fileOf } from '../feedback/files/fileOf.ts';
import { decimals } from '../sentences/decimals.ts';
import type { HeldOutTotals } from '../trainer/gate/heldOutTotals.ts';
import type { Calibration } from './calibration.ts';
import { details, escapeHtml, paragraph, percent, section, shortNumber, table } from './html.ts';
import type { HeldOutPart, LearningReport } from './learningReport.ts';
import { calibrationFigure, curveFigure } from './plots.ts';
import type { Offer, Sample } from './samples.ts';
import type { StagePart } from './stageParts.ts';
import {
  countedDemonstrations,
  countedPairs,
  countedPassages,
  countedPlaces,
  countedUnits,
} from './units.ts';

/**
 * A learning report as the body of a page: verdict, held-out work, what it learned from, the stages.
 * It is whole without a script; with the script of the page its curves are drawn too, and in the editor
 * `#actions` is filled.
 *
 * @param language of its times, such as `de`; absent: the machine's.
 */
export function reportBody(report: LearningReport, language?: string): string {
  return [
    '<main>',
    verdictPart(report, language),
    heldOutSection(report),
    learnedSection(report),
    ...report.stages.map((stage) => stageSection(stage, report.calibration)),
    originSection(report),
    '</main>',
  ].join('\n');
}

/** What a job on a cluster told so far as the body of a page: the stages of the learning report that will be, without what only the gate can say. */
export function progressBody({
  job,
  status,
  stages,
}: {
  readonly job: string;
  /** As Ray calls it. */
  readonly status: string;
  readonly stages: readonly StagePart[];
}): string {
  const heading = l10n.t('Job {0}, as far as it has come', job);
  return [
    '<main>',
    `<h1><span class="badge kept">${escapeHtml(status)}</span> ${escapeHtml(heading)}</h1>`,
    paragraph(
      l10n.t('Your own held-out work decides about what comes back; the learning report says so then.'),
    ),
    stages.length === 0 ? paragraph(l10n.t('No step was told of yet.')) : '',
    ...stages.map((stage) => stageSection(stage)),
    '</main>',
  ].join('\n');
}

function verdictPart(
  { verdict, startedAtMs, finishedAtMs }: LearningReport,
  language: string | undefined,
): string {
  const { promoted, reason, comparison } = verdict;
  const minutes = decimals((finishedAtMs - startedAtMs) / 60_000, 1);
  const finished = new Date(finishedAtMs).toLocaleString(language);
  return [
    verdictHeading(promoted, reason),
    comparison === undefined ? '' : intervalDrawing(comparison),
    paragraph(l10n.t('Finished {0}, {1} minutes after it began.', finished, minutes)),
    '<div id="actions" role="status"></div>',
  ].join('\n');
}

/** The verdict's sentence, its first word or two as a badge. */
function verdictHeading(promoted: boolean, reason: string): string {
  const [badge, name] = promoted
    ? ([l10n.t('Promoted'), 'promoted'] as const)
    : ([l10n.t('Not promoted'), 'kept'] as const);
  const rest = reason.startsWith(`${badge}: `) ? reason.slice(badge.length + 2) : reason;
  const sentence = rest.charAt(0).toUpperCase() + rest.slice(1);
  return `<h1><span class="badge ${name}">${escapeHtml(badge)}</span> ${escapeHtml(sentence)}</h1>`;
}

/** The gain and its 95 % interval on a line, with 0 marked: the new policy is better to the right of it. */
function intervalDrawing({ gain, low, high }: NonNullable<LearningReport['verdict']['comparison']>): string {
  const reach = Math.max(Math.abs(low), Math.abs(high), Math.abs(gain)) * 1.15 || 1;
  const x = (value: number): number => Math.round(200 + (value / reach) * 190);
  const numbers = [shortNumber(gain), shortNumber(low), shortNumber(high)] as const;
  const label = l10n.t('Gain {0}, 95 % interval {1} to {2}', ...numbers);
  const caption = l10n.t(
    'Kept characters a prompt, less a third of the refused ones. Right of the thin line, which is 0, the new policy is better.',
  );
  return [
    `<figure class="interval"><svg viewBox="0 0 400 34" role="img" aria-label="${escapeHtml(label)}">`,
    '<line class="axis" x1="5" y1="17" x2="395" y2="17"/><line class="zero" x1="200" y1="4" x2="200" y2="30"/>',
    `<line class="range" x1="${x(low)}" y1="17" x2="${x(high)}" y2="17"/><circle cx="${x(gain)}" cy="17" r="5"/>`,
    `</svg><figcaption>${escapeHtml(caption)}</figcaption></figure>`,
  ].join('');
}

const totalNames: Readonly<Record<keyof HeldOutTotals, string>> = {
  asked: l10n.t('Places asked'),
  shown: l10n.t('Completions shown'),
  accepted: l10n.t('Right as a whole'),
  keptChars: l10n.t('Characters kept'),
  refusedChars: l10n.t('Characters refused'),
  typedChars: l10n.t('Characters you wrote there'),
};

function heldOutSection({ heldOut, silence }: LearningReport): string {
  const title = l10n.t('On your newest work, which training never saw');
  if (heldOut.kind === 'nothing') return section(title, paragraph(heldOut.why));
  const { before, after, best, worst, forgotten } = heldOut;
  const names = Object.keys(totalNames) as (keyof HeldOutTotals)[];
  const rows = names.map((name) => [totalNames[name], String(before[name]), String(after[name])]);
  return section(
    title,
    table(rows, { head: ['', l10n.t('Old policy'), l10n.t('New policy')] }),
    paragraph(countSentence(heldOut), 'counts'),
    silence === undefined ? '' : paragraph(silence),
    forgotten === 0
      ? ''
      : paragraph(
          l10n.t('Not in these numbers, because you have forgotten them: {0}.', countedPlaces(forgotten)),
        ),
    samplesPart(l10n.t('Where it gained most'), best, l10n.t('At no place is more kept, or less to refuse.')),
    samplesPart(l10n.t('Where it lost most'), worst, l10n.t('At no place is less kept, or more to refuse.')),
    paragraph(
      l10n.t(
        'Marked is what you would have kept of an offer. These texts lie in comparisons.json in the adapter’s folder, until you forget their file or everything.',
      ),
    ),
  );
}

function countSentence({
  keptMore,
  keptFewer,
  keptAsMany,
}: Extract<HeldOutPart, { kind: 'compared' }>): string {
  return l10n.t(
    'The new policy keeps more characters at {0}, fewer at {1}, as many at {2}.',
    ...([countedPlaces(keptMore), countedPlaces(keptFewer), countedPlaces(keptAsMany)] as const),
  );
}

function samplesPart(title: string, samples: readonly Sample[], none: string): string {
  const content = samples.length === 0 ? paragraph(none) : samples.map(sampleArticle).join('\n');
  return `<h3>${escapeHtml(title)}</h3>\n${content}`;
}

function sampleArticle(sample: Sample): string {
  const { documentUri, linesAbove, lineBefore, written, before, after, keptGain, refusedGain } = sample;
  const name = decodeName(documentUri);
  const gains = l10n.t('{0} characters kept, {1} to refuse', signed(keptGain), signed(refusedGain));
  const column = (label: string, code: string, note: string): string =>
    `<div><dt>${escapeHtml(label)} <small>${escapeHtml(note)}</small></dt><dd><pre>${quiet(lineBefore)}${code}</pre></dd></div>`;
  return [
    `<article class="sample"><h4>${escapeHtml(name)} <small>${escapeHtml(gains)}</small></h4>`,
    linesAbove === '' ? '' : `<pre class="above">${quiet(linesAbove)}</pre>`,
    '<dl>',
    column(l10n.t('You wrote'), escapeHtml(written), ''),
    column(l10n.t('Old policy'), offerCode(before), offerNote(before)),
    column(l10n.t('New policy'), offerCode(after), offerNote(after)),
    '</dl></article>',
  ].join('');
}

function offerCode({ kept, refused }: Offer): string {
  if (kept + refused === '') return `<i class="quiet">${escapeHtml(l10n.t('nothing'))}</i>`;
  const mark = kept === '' ? '' : `<mark>${escapeHtml(kept)}</mark>`;
  return `${mark}${refused === '' ? '' : `<span class="refused">${escapeHtml(refused)}</span>`}`;
}

function offerNote({ kept, refused }: Offer): string {
  if (kept + refused === '') return l10n.t('silent');
  if (refused === '') return l10n.t('all kept');
  return kept === '' ? l10n.t('none kept') : l10n.t('marked: kept');
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
  const name = fileOf(documentUri).split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function learnedSection({ data }: LearningReport): string {
  const rows = [
    [l10n.t('What you wrote'), countedDemonstrations(data.demonstrations)],
    [l10n.t('What stands in your files'), countedPassages(data.windows)],
    [
      l10n.t('What you preferred'),
      l10n.t('{0} at {1}', countedPairs(data.preferencePairs), countedPlaces(data.preferenceGroups)),
    ],
    [l10n.t('Prompts to practise on'), String(data.prompts)],
    [
      l10n.t('Held out, the newest'),
      l10n.t(
        '{0}, preferences at {1}',
        countedDemonstrations(data.heldOutDemonstrations),
        countedPlaces(data.heldOutPreferenceGroups),
      ),
    ],
    [l10n.t('Left out, as they would show what is held out'), String(data.withheld)],
  ];
  return section(l10n.t('Learned from'), table(rows, { className: 'facts' }));
}

/** @param calibration absent: nothing can be said of it yet. */
function stageSection(stage: StagePart, calibration?: Calibration): string {
  const { title, unit, steps, seconds, notes, curves, technicalCurves, metrics } = stage;
  const figures = (of: StagePart['curves']): string =>
    `<div class="plots">${of.map((curve) => curveFigure(curve, unit)).join('\n')}</div>`;
  const numbers = table(metrics.map((metric) => [metric.title, shortNumber(metric.value)]));
  return section(
    title,
    paragraph([l10n.t('{0} in {1} s.', countedUnits(steps, unit), seconds.toFixed(0)), ...notes].join(' ')),
    curves.length === 0 ? '' : figures(curves),
    stage.name === 'reward' && calibration !== undefined ? calibrationPart(calibration) : '',
    metrics.length === 0 ? '' : details(l10n.t('Metrics'), numbers),
    technicalCurves.length === 0 ? '' : details(l10n.t('More curves'), figures(technicalCurves)),
  );
}

function calibrationPart(calibration: Calibration): string {
  const heading = `<h3>${escapeHtml(l10n.t('Calibration'))}</h3>`;
  if (calibration.kind === 'nothing') return `${heading}\n${paragraph(calibration.why)}`;
  const { bins, brier, calibrationError } = calibration;
  const pairs = bins.reduce((sum, bin) => sum + bin.pairs, 0);
  const facts = l10n.t(
    '{0} held-out pairs. Its probability is {1} off on average (calibration error); Brier score {2}, a coin has 0.25.',
    ...([pairs, percent(calibrationError), shortNumber(brier)] as const),
  );
  return `${heading}\n${paragraph(facts)}\n<div class="plots">${calibrationFigure(calibration)}</div>`;
}

function originSection({ adapterId, baseModelId, data, seed, trainedOn }: LearningReport): string {
  const rows = [
    [l10n.t('Adapter'), adapterId],
    [l10n.t('Base model'), baseModelId],
    [l10n.t('Hash of the data'), data.sha256.slice(0, 16)],
    [l10n.t('Seed'), String(seed)],
    ...(trainedOn === undefined ? [] : [[l10n.t('Trained on'), trainedOn]]),
  ];
  return section(l10n.t('Where it comes from'), table(rows, { className: 'facts' }));
}
