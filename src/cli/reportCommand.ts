import type { Command } from 'commander';
import type { AdapterId } from '../engine/policy.ts';
import { writeWhole } from '../feedback/storing/writeWhole.ts';
import { dataPathsIn } from '../process/dataFolder.ts';
import { learningReport } from '../report/learningReport.ts';
import { reportBody } from '../report/reportBody.ts';
import { AdapterStore } from '../trainer/adapters/adapterStore.ts';
import type { KeptComparisons } from '../trainer/adapters/keptComparisons.ts';
import type { Manifest } from '../trainer/adapters/manifest.ts';
import { giveAnswer, jsonOption, type Answer, type AnswerOptions } from './answer.ts';
import { nothingRetrained } from './errors.ts';
import { dataOption } from './options.ts';
import { requireFolder, requirePlaceOf } from './paths.ts';
import { reportPage } from './reportPage.ts';
import { retrainText } from './retrainText.ts';
import type { Terminal } from './terminal.ts';

interface ReportOptions extends AnswerOptions {
  readonly data: string;
  /** Where the page shall go; absent: text on the terminal. */
  readonly html?: string;
}

/** The command `report`. */
export function addReportCommand(program: Command, terminal: Terminal): void {
  program
    .command('report')
    .description('Show what a retraining learned: as text, or as a page with curves.')
    .argument('[adapter]', 'an adapter’s id as ‘adapters’ lists it; absent: the newest')
    .addOption(dataOption())
    .option('--html <file>', 'write a page that needs nothing else; it holds some of your code')
    .addOption(jsonOption())
    .action(async (adapter: string | undefined, options: ReportOptions) => {
      giveAnswer(terminal, options, await report(adapter, options));
    });
}

async function report(adapter: string | undefined, { data, html }: ReportOptions): Promise<Answer> {
  await requireFolder(data);
  const store = new AdapterStore(dataPathsIn(data).adapters);
  const manifest =
    adapter === undefined ? await newestManifest(store, data) : await store.manifest(adapter as AdapterId);
  const kept = await store.comparisons(manifest.adapterId);
  const json = { manifest, report: learningReport(manifest, kept) };
  if (html === undefined) return { text: retrainText(manifest, kept), json };
  await requirePlaceOf(html);
  await writeWhole(html, await pageOf(manifest, kept));
  return { text: `The learning report of ${manifest.adapterId} was written to ${html}.`, json, file: html };
}

async function newestManifest(store: AdapterStore, data: string): Promise<Manifest> {
  const manifests = (await store.list()).flatMap((entry) =>
    entry.kind === 'adapter' ? [entry.manifest] : [],
  );
  const newest = manifests.toSorted((a, b) => a.finishedAtMs - b.finishedAtMs).at(-1);
  if (newest === undefined) throw nothingRetrained(data);
  return newest;
}

function pageOf(manifest: Manifest, kept: KeptComparisons | undefined): Promise<string> {
  return reportPage(`Attune: what ${manifest.adapterId} learned`, reportBody(learningReport(manifest, kept)));
}
