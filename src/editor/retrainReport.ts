import type { RetrainSummary } from '../process/clients.ts';
import { dedented } from './dedent.ts';
import { curveChart, shortNumber } from './chart.ts';
import { escapeHtml } from './webviewHtml.ts';

type Manifest = RetrainSummary['manifest'];
type Totals = RetrainSummary['heldOut']['before'];
type Sample = RetrainSummary['samples'][number];
type StageReport = Manifest['stages'][number];

/** What is known of a retraining. After a restart only the manifest: held-out work is not written to disk. */
export type KnownRetraining = Pick<RetrainSummary, 'manifest'> & Partial<RetrainSummary>;

const stageTitles: Readonly<Record<StageReport['name'], string>> = {
  sft: 'Supervised fine-tuning',
  reward: 'Reward model',
  ppo: 'PPO',
  dpo: 'Learning what you prefer (DPO)',
  kto: 'Learning what you keep (KTO)',
};

/** Everything about a retraining as the body of a page: verdict, numbers, samples, curves, data. */
export function retrainReport({ manifest, heldOut, samples }: KnownRetraining): string {
  return [
    verdictSection(manifest),
    heldOut === undefined ? '' : totalsSection(heldOut),
    samples === undefined ? noSamples : samplesSection(samples),
    ...manifest.stages.map(stageSection),
    dataSection(manifest),
  ].join('\n');
}

function verdictSection({ verdict, startedAtMs, finishedAtMs }: Manifest): string {
  const { promoted, reason, comparison } = verdict;
  const minutes = ((finishedAtMs - startedAtMs) / 60_000).toFixed(1);
  return [
    `<p class="badge ${promoted ? 'promoted' : 'kept'}">${promoted ? 'Promoted' : 'Not promoted'}</p>`,
    `<h1>${escapeHtml(reason)}</h1>`,
    `<p class="quiet">Finished ${escapeHtml(new Date(finishedAtMs).toLocaleString())}, ${minutes} minutes after it began.</p>`,
    comparison === undefined ? '' : intervalDrawing(comparison),
  ].join('\n');
}

/** The gain and its 95 % interval on a line, with 0 marked: the new policy is better to the right of it. */
function intervalDrawing({ gain, low, high }: NonNullable<Manifest['verdict']['comparison']>): string {
  const reach = Math.max(Math.abs(low), Math.abs(high), Math.abs(gain)) * 1.15 || 1;
  const x = (value: number): number => Math.round(200 + (value / reach) * 190);
  const label = `Gain ${shortNumber(gain)}, 95 % interval ${shortNumber(low)} to ${shortNumber(high)}`;
  return [
    `<figure class="interval"><svg viewBox="0 0 400 34" role="img" aria-label="${label}">`,
    '<line class="axis" x1="5" y1="17" x2="395" y2="17"/><line class="zero" x1="200" y1="4" x2="200" y2="30"/>',
    `<line class="range" x1="${x(low)}" y1="17" x2="${x(high)}" y2="17"/><circle cx="${x(gain)}" cy="17" r="5"/>`,
    `</svg><figcaption>${label}, in kept characters a prompt. The thin line is 0.</figcaption></figure>`,
  ].join('');
}

const totalNames: Readonly<Record<keyof Totals, string>> = {
  asked: 'Places asked',
  shown: 'Completions shown',
  accepted: 'Right as a whole',
  keptChars: 'Characters kept',
  refusedChars: 'Characters refused',
  typedChars: 'Characters written there',
};

function totalsSection({ before, after }: RetrainSummary['heldOut']): string {
  const names = Object.keys(totalNames) as (keyof Totals)[];
  const rows = names.map((name) => row([totalNames[name], String(before[name]), String(after[name])]));
  return section(
    'On your newest work, which training never saw',
    table(['', 'Before', 'After'], rows, 'numbers'),
  );
}

const noSamples = section(
  'Samples',
  '<p class="quiet">Samples of your work are kept in memory only; they went with the window they were made in.</p>',
);

function samplesSection(samples: readonly Sample[]): string {
  const rows = samples.map((sample) =>
    row(
      [sample.written, sample.before, sample.after].map((text) => codeCell(text, sample.lineBefore)),
      false,
    ),
  );
  const content =
    samples.length === 0
      ? '<p class="quiet">Both policies offered the same at every held-out place.</p>'
      : table(['You wrote', 'Offered before', 'Offered now'], rows, 'samples');
  return section('Samples', content);
}

/** A text behind the line it continues, which is paler. */
function codeCell(text: string, lineBefore: string): string {
  const line = `<span class="quiet">${escapeHtml(lineBefore.trimStart())}</span>`;
  const offered = text === '' ? '<i class="quiet">nothing</i>' : escapeHtml(dedented(text, lineBefore));
  return `<pre>${line}${offered}</pre>`;
}

function stageSection({ name, steps, seconds, metrics, curves, stopReason }: StageReport): string {
  const facts = Object.entries(metrics)
    .filter(([metric]) => !(metric in curves))
    .map(([metric, value]) => row([metric, shortNumber(value)]));
  return section(
    `${stageTitles[name]} <small>${steps} steps, ${seconds.toFixed(0)} s</small>`,
    [
      stopReason === undefined ? '' : `<p class="quiet">Stopped: ${escapeHtml(stopReason)}.</p>`,
      `<div class="charts">${Object.entries(curves)
        .map(([curve, values]) => curveChart(curve, values))
        .join('')}</div>`,
      facts.length === 0 ? '' : table(['Metric', 'Value'], facts, 'numbers'),
    ].join('\n'),
  );
}

function dataSection({ data, adapterId, baseModelId, seed }: Manifest): string {
  const rows = [
    ['Adapter', adapterId],
    ['Base model', baseModelId],
    ['Demonstrations', String(data.demonstrations)],
    ['Preferences', `${data.preferencePairs} pairs at ${data.preferenceGroups} places`],
    ['Prompts for practice', String(data.prompts)],
    ['Held out', `${data.heldOutDemonstrations} demonstrations, ${data.heldOutPreferenceGroups} preferences`],
    ['Hash of the data', data.sha256.slice(0, 16)],
    ['Seed', String(seed)],
  ];
  return section(
    'Learned from',
    table(
      ['', ''],
      rows.map((cells) => row(cells)),
      'facts',
    ),
  );
}

function section(title: string, content: string): string {
  return `<section><h2>${title}</h2>${content}</section>`;
}

function table(head: readonly string[], rows: readonly string[], className: string): string {
  const isNamed = head.some((name) => name !== '');
  const header = isNamed ? `<thead><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr></thead>` : '';
  return `<table class="${className}">${header}<tbody>${rows.join('')}</tbody></table>`;
}

function row(cells: readonly string[], isText = true): string {
  return `<tr>${cells.map((cell) => `<td>${isText ? escapeHtml(cell) : cell}</td>`).join('')}</tr>`;
}
