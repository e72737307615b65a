import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { isNamed } from '../feedback/files/documentNames.ts';
import { movedAsideNotice, storeError } from '../feedback/errors.ts';
import { movedAsideFrom } from '../feedback/storing/feedbackDatabase.ts';
import type { FeedbackStore } from '../feedback/storing/feedbackStore.ts';
import { openFeedbackReader } from '../feedback/storing/sqliteFeedbackReader.ts';
import { openFeedbackStore } from '../feedback/storing/sqliteFeedbackStore.ts';
import { dataPathsIn, type DataPaths } from '../process/dataFolder.ts';
import {
  exportFormats,
  exportedSentence,
  importedSentences,
  problemSentence,
  type ExportFormat,
  type Imported,
} from '../process/exchange/feedbackExchange.ts';
import { forgetAllKeptWork, forgetKeptWork, forgetLearned } from '../process/exchange/forgetting.ts';
import { exportStore, importIntoStore } from '../process/exchange/storeExchange.ts';
import { inEnglish } from '../sentences/sentence.ts';
import { giveAnswer, jsonOption, type Answer, type AnswerOptions } from './answer.ts';
import { documentUrisOf } from './documentUris.ts';
import { adaptersOnlyWithEverything, noExampleIn, nothingToForget } from './errors.ts';
import { feedbackText } from './feedbackText.ts';
import { dataOption, filesLeftOut } from './options.ts';
import { requireFile, requireFolder, requirePlaceOf } from './paths.ts';
import type { Terminal } from './terminal.ts';

interface FeedbackOptions extends AnswerOptions {
  readonly data: string;
}

interface ExportOptions extends FeedbackOptions {
  readonly format: ExportFormat;
  readonly fillInTheMiddle?: boolean;
}

interface ForgetOptions extends FeedbackOptions {
  readonly imported?: string;
  readonly everything?: boolean;
  readonly withAdapters?: boolean;
  readonly yes?: boolean;
}

/** The commands `feedback`, `feedback export`, `feedback import` and `feedback forget`. */
export function addFeedbackCommand(program: Command, terminal: Terminal): void {
  const feedback = program
    .command('feedback')
    .description('Show, export, import or forget what is stored of your work with completions.');
  addCount(feedback, terminal);
  addExport(feedback, terminal);
  addImport(feedback, terminal);
  addForget(feedback, terminal);
}

function addCount(feedback: Command, terminal: Terminal): void {
  feedback
    .command('count', { isDefault: true })
    .description('Show how much is stored.')
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (options: FeedbackOptions) => giveAnswer(terminal, options, await countFeedback(options)));
}

function addExport(feedback: Command, terminal: Terminal): void {
  feedback
    .command('export')
    .description('Write what is stored to a file, one JSON object a line: every record, or rows for TRL.')
    .argument('<file>', '- for standard output', (file: string) => (file === '-' ? '/dev/stdout' : file))
    .addOption(
      new Option('--format <name>', 'every record as it is, or what is learned from them in a shape of TRL')
        .choices(exportFormats)
        .default('records'),
    )
    .option(
      '--fill-in-the-middle',
      'write prompts with Qwen’s marks, the suffix first, as that model is asked',
    )
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (file: string, options: ExportOptions) => {
      giveAnswer(terminal, options, await exportFile(file, options, terminal));
    });
}

function addImport(feedback: Command, terminal: Terminal): void {
  feedback
    .command('import')
    .description(
      'Learn from a file too: rows in a shape of TRL, or exported records, one JSON object a line. ' +
        `Of both ${filesLeftOut}.`,
    )
    .argument('<file>', '- for standard input', (file: string) => (file === '-' ? '/dev/stdin' : file))
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(async (file: string, options: FeedbackOptions) => {
      const imported = await importFile(file, options, terminal);
      if (holdsNothing(imported)) throw noExampleIn(file, imported.problems.map(problemSentence));
      giveAnswer(terminal, options, {
        text: importedSentences(file, imported).join('\n'),
        json: importedJson(imported),
      });
    });
}

function addForget(feedback: Command, terminal: Terminal): void {
  feedback
    .command('forget')
    .description('Delete what came from one document, or all of it. What an adapter learned stays in it.')
    .argument('[document]', 'path or URI of the document')
    .addOption(dataOption())
    .option('--imported <file>', 'delete what was imported from a file of that name')
    .option('--everything', 'delete every record')
    .option('--with-adapters', 'with --everything: delete the adapters and the checkpoint too')
    .option('--yes', 'with --everything: do not ask whether that is meant')
    .addOption(jsonOption())
    .action((document: string | undefined, options: ForgetOptions) => forget(document, options, terminal));
}

async function forget(
  document: string | undefined,
  options: ForgetOptions,
  terminal: Terminal,
): Promise<void> {
  const { everything = false, withAdapters = false, imported } = options;
  const named = [document !== undefined, everything, imported !== undefined];
  if (named.filter(Boolean).length !== 1) throw nothingToForget();
  if (withAdapters && !everything) throw adaptersOnlyWithEverything();
  if (imported !== undefined) await forgetImported(imported, options, terminal);
  else if (document === undefined) await forgetEverything(options, terminal);
  else await forgetDocument(document, options, terminal);
}

async function countFeedback({ data }: FeedbackOptions): Promise<Answer> {
  await requireFolder(data);
  const { store: path } = dataPathsIn(data);
  const reader = openFeedbackReader(path);
  try {
    const counts = reader.counts();
    return { text: feedbackText(path, counts), json: counts };
  } finally {
    reader.close();
  }
}

async function exportFile(file: string, options: ExportOptions, { signal }: Terminal): Promise<Answer> {
  const { data, format, fillInTheMiddle = false } = options;
  await requireFolder(data);
  await requirePlaceOf(file);
  const settings = { format, isMarked: fillInTheMiddle };
  const exported = await exportStore({ storePath: dataPathsIn(data).store, file, ...settings }, signal);
  return {
    text: exportedSentence(file, settings, exported),
    json: { file: resolve(file), ...exported },
    file,
  };
}

async function importFile(
  file: string,
  { data }: FeedbackOptions,
  { tell, signal }: Terminal,
): Promise<Imported> {
  await requireFolder(data);
  await requireFile(file);
  const rules = { excludedPatterns: [], workspaceFolders: [] };
  const settings = { storePath: dataPathsIn(data).store, file, nowMs: Date.now(), rules };
  const onMovedAside = (aside: string): void => tell(inEnglish(movedAsideNotice(aside)));
  return importIntoStore(settings, { onMovedAside, signal });
}

/** Whether a file has no line that is an example, of whatever became of it. */
function holdsNothing({ added, known, notStored }: Imported): boolean {
  return added + known === 0 && Object.keys(notStored).length === 0;
}

/** The same for programs, which are told in English as well. */
function importedJson({ problems, ...imported }: Imported): object {
  return { ...imported, problems: problems.map(({ line, why }) => ({ line, why: inEnglish(why) })) };
}

/** By the name alone, because the file may have gone; its folder was never kept. */
async function forgetImported(file: string, options: ForgetOptions, terminal: Terminal): Promise<void> {
  await withStore(options, terminal, (store) => {
    const ids = store.imported().flatMap((each) => (each.importedFrom === basename(file) ? each.id : []));
    const count = store.deleteRecords(ids);
    const text =
      count === 0
        ? `Nothing was imported from a file named ${basename(file)}.`
        : `${count} records that were imported from ${basename(file)} are forgotten.`;
    giveAnswer(terminal, options, { text, json: { forgotten: count } });
  });
}

async function forgetDocument(document: string, options: ForgetOptions, terminal: Terminal): Promise<void> {
  await withStore(options, terminal, async (store, paths) => {
    const uris = documentUrisOf(document);
    const names = uris.flatMap((uri) => store.namesOf(uri));
    const counts = uris.map((uri) => store.forgetDocument(uri));
    await forgetKeptWork(paths, (place) => isNamed(names, place));
    const count = counts.reduce((sum, one) => sum + one, 0);
    const text =
      count === 0
        ? `No record came from ${document}. An export names the documents that are stored.`
        : `${count} records of ${document} are forgotten.`;
    giveAnswer(terminal, options, { text, json: { forgotten: count } });
  });
}

async function forgetEverything(options: ForgetOptions, terminal: Terminal): Promise<void> {
  const { yes = false, withAdapters = false } = options;
  await withStore(options, terminal, async (store, paths) => {
    const count = store.recordCount();
    const what = `${count} records${withAdapters ? ', all adapters and the checkpoint' : ''}`;
    if (!yes && !(await terminal.confirm(`Forget ${what}? This cannot be undone.`))) {
      giveAnswer(terminal, options, { text: 'Nothing was forgotten.', json: { forgotten: 0 } });
      return;
    }
    store.forgetEverything();
    await forgetAllKeptWork(paths);
    if (withAdapters) await forgetLearned(paths);
    giveAnswer(terminal, options, { text: `${what} are forgotten.`, json: { forgotten: count } });
  });
}

/** Works on the store that is there, or a new one where only damaged ones are; else none is made. */
async function withStore(
  { data }: FeedbackOptions,
  { tell }: Terminal,
  work: (store: FeedbackStore, paths: DataPaths) => void | Promise<void>,
): Promise<void> {
  await requireFolder(data);
  const paths = dataPathsIn(data);
  if (!existsSync(paths.store) && movedAsideFrom(paths.store).length === 0)
    throw storeError('missing', paths.store);
  const { store, movedAside } = openFeedbackStore(paths.store, Date.now());
  if (movedAside !== undefined) tell(inEnglish(movedAsideNotice(movedAside)));
  try {
    await work(store, paths);
  } finally {
    store.close();
  }
}
