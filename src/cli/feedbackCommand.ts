import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { movedAsideNotice, storeError } from '../feedback/errors.ts';
import { exportFeedback } from '../feedback/exportFeedback.ts';
import type { FeedbackCounts, FeedbackStore } from '../feedback/feedbackStore.ts';
import { openFeedbackReader } from '../feedback/sqliteFeedbackReader.ts';
import { openFeedbackStore } from '../feedback/sqliteFeedbackStore.ts';
import { adaptersIn } from '../process/adapters.ts';
import { forgetKeptWork } from '../process/forgetting.ts';
import { dataPathsIn, type DataPaths } from '../process/dataFolder.ts';
import { documentUrisOf } from './documentUris.ts';
import { nothingToForget } from './errors.ts';
import { feedbackText } from './feedbackText.ts';
import { dataOption } from './options.ts';
import { requireFolder } from './paths.ts';
import type { Terminal } from './terminal.ts';

interface FeedbackOptions {
  readonly data: string;
}

interface ForgetOptions extends FeedbackOptions {
  readonly everything?: boolean;
  readonly withAdapters?: boolean;
  readonly yes?: boolean;
}

/** The commands `feedback`, `feedback export` and `feedback forget`. */
export function addFeedbackCommand(program: Command, terminal: Terminal): void {
  const feedback = program
    .command('feedback')
    .description('Show, export or forget what is stored of your work with completions.');
  feedback
    .command('count', { isDefault: true })
    .description('Show how much is stored.')
    .addOption(dataOption())
    .action(async (options: FeedbackOptions) => terminal.print(await countFeedback(options)));
  feedback
    .command('export')
    .description('Write every record to a file, one JSON object a line.')
    .argument('<file>')
    .addOption(dataOption())
    .action(async (file: string, options: FeedbackOptions) => {
      terminal.print(await exportTo(file, options));
    });
  feedback
    .command('forget')
    .description('Delete what came from one document, or all of it. What an adapter learned stays in it.')
    .argument('[document]', 'path or URI of the document')
    .addOption(dataOption())
    .option('--everything', 'delete every record')
    .option('--with-adapters', 'with --everything: delete the adapters and the checkpoint too')
    .option('--yes', 'with --everything: do not ask whether that is meant')
    .action(async (document: string | undefined, options: ForgetOptions) => {
      if ((document === undefined) !== (options.everything === true)) throw nothingToForget();
      if (document === undefined) await forgetEverything(options, terminal);
      else await forgetDocument(document, options, terminal);
    });
}

async function countFeedback({ data }: FeedbackOptions): Promise<string> {
  await requireFolder(data);
  const { store: path } = dataPathsIn(data);
  const reader = openFeedbackReader(path);
  try {
    return feedbackText(path, reader.counts());
  } finally {
    reader.close();
  }
}

async function exportTo(file: string, { data }: FeedbackOptions): Promise<string> {
  await requireFolder(data);
  await requireFolder(dirname(resolve(file)));
  const reader = openFeedbackReader(dataPathsIn(data).store);
  try {
    return `${await exportFeedback(reader, file)} records were written to ${file}.`;
  } finally {
    reader.close();
  }
}

async function forgetDocument(document: string, options: ForgetOptions, terminal: Terminal): Promise<void> {
  await withStore(options, terminal, async (store, paths) => {
    const uris = documentUrisOf(document);
    const counts = uris.map((uri) => store.forgetDocument(uri));
    for (const uri of uris) await forgetKeptWork(paths, uri);
    const count = counts.reduce((sum, one) => sum + one, 0);
    terminal.print(
      count === 0
        ? `No record came from ${document}. An export names the documents that are stored.`
        : `${count} records of ${document} are forgotten.`,
    );
  });
}

async function forgetEverything(options: ForgetOptions, terminal: Terminal): Promise<void> {
  const { yes = false, withAdapters = false } = options;
  await withStore(options, terminal, async (store, paths) => {
    const what = `${recordCountOf(store.counts())} records${withAdapters ? ', all adapters and the checkpoint' : ''}`;
    if (!yes && !(await terminal.confirm(`Forget ${what}? This cannot be undone.`))) {
      terminal.print('Nothing was forgotten.');
      return;
    }
    store.forgetEverything();
    await forgetKeptWork(paths);
    if (withAdapters) await deleteLearned(paths);
    terminal.print(`${what} are forgotten.`);
  });
}

async function deleteLearned({ adapters, checkpoint }: DataPaths): Promise<void> {
  await adaptersIn(adapters).deleteAll();
  await rm(checkpoint, { recursive: true, force: true });
}

function recordCountOf({ completions, rankings, demonstrations, damaged }: FeedbackCounts): number {
  return completions + rankings + demonstrations + damaged;
}

/** Works on the store that is there; none is made. */
async function withStore(
  { data }: FeedbackOptions,
  { tell }: Terminal,
  work: (store: FeedbackStore, paths: DataPaths) => void | Promise<void>,
): Promise<void> {
  await requireFolder(data);
  const paths = dataPathsIn(data);
  if (!existsSync(paths.store)) throw storeError('missing', paths.store);
  const { store, movedAside } = openFeedbackStore(paths.store, Date.now());
  if (movedAside !== undefined) tell(movedAsideNotice(movedAside));
  try {
    await work(store, paths);
  } finally {
    store.close();
  }
}
