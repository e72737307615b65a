import { join } from 'node:path';
import { sourceExtensions } from '../completion/syntax/languages.ts';

/** Why the command line could not do what it was asked. */
export type CliErrorReason =
  | 'missingFolder'
  | 'missingFile'
  | 'alreadyThere'
  | 'inUse'
  | 'noSourceFiles'
  | 'nothingTyped'
  | 'tooLittleWork'
  | 'badOptions'
  | 'badCursor'
  | 'badJson'
  | 'noExample'
  | 'nothingRetrained'
  | 'unanswered'
  | 'jobUnfinished'
  | 'jobStillRuns'
  | 'jobNotCleared'
  | 'cancelled';

/** A failure of a command; `message` says what happened and what the user can do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly reason: CliErrorReason;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    reason: CliErrorReason,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.reason = reason;
    this.details = details;
  }

  static is(error: unknown, reason?: CliErrorReason): error is CliError {
    return error instanceof CliError && (reason === undefined || error.reason === reason);
  }
}

/** A folder that an option or argument names is not there. */
export function missingFolder(path: string): CliError {
  return new CliError('missingFolder', `There is no folder ${path}. Check how it is written.`, { path });
}

/** A file was named where a folder is meant. */
export function fileForFolder(path: string): CliError {
  return new CliError('missingFolder', `${path} is a file. Name a folder in its place.`, { path });
}

/** A folder was named where a file is to be written. */
export function folderForFile(path: string): CliError {
  return new CliError('badOptions', `${path} is a folder. Name a file in it: ${join(path, 'FILE')}.`, {
    path,
  });
}

/** A file that an argument names is not there. */
export function missingFile(path: string): CliError {
  return new CliError('missingFile', `There is no file ${path}. Check how it is written.`, { path });
}

/** A folder was named where a file is to be read. */
export function folderToRead(path: string): CliError {
  return new CliError('missingFile', `${path} is a folder. Name a file.`, { path });
}

/** What shall be written is there already. */
export function alreadyThere(path: string): CliError {
  return new CliError('alreadyThere', `${path} is there already. Choose another name, or delete it first.`, {
    path,
  });
}

/** A project has nothing that could be replayed. */
export function noSourceFiles(folder: string): CliError {
  return new CliError(
    'noSourceFiles',
    `There is no source file in ${folder}. Choose a folder with code that people write by hand: --project for one, --old and --new for two versions of it. Files are known by their ends: ${sourceExtensions.join(' ')}.`,
    { folder },
  );
}

/** Two versions of a project differ in nothing that was typed. */
export function nothingTyped(older: string, newer: string): CliError {
  return new CliError(
    'nothingTyped',
    `Nothing was typed between ${older} and ${newer}: no source file has new lines, but for what was moved, copied or formatted anew. Choose two versions that differ.`,
    { older, newer },
  );
}

/** A replay gave so few examples that none of them could be held out. */
export function tooLittleWork(work: string, typedLines: number, asked: number): CliError {
  return new CliError(
    'tooLittleWork',
    `${work} is too small to learn from and to hold some of it out: ${typedLines} lines were typed and the policy was asked ${asked} times. Choose a larger project, or raise --max-lines and --max-requests.`,
    { work, typedLines, asked },
  );
}

/** Of a project that is replayed where it lies nothing may be stored. */
export function ignoredWork(work: string): CliError {
  return new CliError(
    'tooLittleWork',
    `Nothing can be learned from ${work} where it lies: .gitignore or .attuneignore files leave its files out, and what they name is never stored. Choose a folder that they let in, or two versions with --old and --new, which are replayed elsewhere.`,
    { work },
  );
}

/** Only one of two versions was given. */
export function oneVersionOnly(): CliError {
  return new CliError(
    'badOptions',
    'The options --old and --new belong together: what was typed between them is replayed. Give both, or --project alone.',
  );
}

/** An adapter shall be waited for, and no folder was named that takes it in. */
export function nowhereToWait(): CliError {
  return new CliError(
    'badOptions',
    'With --wait the adapter is taken in and judged by your feedback: name its folder with --data, or submit without --wait.',
  );
}

/** No line of a file to import is an example; why the first ones are none is told. */
export function noExampleIn(path: string, why: readonly string[]): CliError {
  return new CliError(
    'noExample',
    [
      `${path} holds no example. One is a line of JSON: a record that was exported, or a row in a shape of TRL, as {"prompt": "…", "completion": "…"}.`,
      ...why,
    ].join('\n'),
    { path },
  );
}

/** Of a document, an import and everything none was named, or several were. */
export function nothingToForget(): CliError {
  return new CliError(
    'badOptions',
    'Say what shall be forgotten: one document, by its path or URI, --imported with a file’s name, or --everything.',
  );
}

/** Only with everything else do the adapters go. */
export function adaptersOnlyWithEverything(): CliError {
  return new CliError(
    'badOptions',
    'The adapters learned from more than that: --with-adapters goes with --everything. What an adapter learned stays in it.',
  );
}

/** Git is to say whose lines come first, and there is no folder to ask it of. */
export function nowhereToLook(): CliError {
  return new CliError('badOptions', 'Name the folders with --workspace that --git-history is to look into.');
}

/** An argument is no place in a file. */
export function badCursor(text: string): CliError {
  return new CliError(
    'badCursor',
    `'${text}' is no place in a file. Write it as file:line:column, both counted from 1, for example src/main.ts:12:5.`,
    { text },
  );
}

/** A file has no such line. */
export function noSuchLine(path: string, line: number, lineCount: number): CliError {
  return new CliError('badCursor', `${path} has no line ${line}: its last is ${lineCount}.`, {
    path,
    line,
    lineCount,
  });
}

/** A line has no such column. */
export function noSuchColumn(path: string, line: number, column: number, lastColumn: number): CliError {
  return new CliError(
    'badCursor',
    `Line ${line} of ${path} has no column ${column}: it ends at ${lastColumn}.`,
    {
      path,
      line,
      column,
      lastColumn,
    },
  );
}

/** A file that should hold JSON holds something else. */
export function badJson(path: string, cause: unknown): CliError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CliError('badJson', `${path} is no JSON: ${why}.`, { path }, cause);
}

/** There is no adapter to report on. */
export function nothingRetrained(folder: string): CliError {
  return new CliError(
    'nothingRetrained',
    `Nothing was retrained yet from ${folder}: it has no adapter that could be reported on. Run retrain first.`,
    { folder },
  );
}

/** Something has to be confirmed, and nobody is there to do it. */
export function unanswered(): CliError {
  return new CliError(
    'unanswered',
    'This cannot be undone, and there is no terminal to ask on. Say --yes if you mean it.',
  );
}

/** The user ended a command; `left` says what remains of it. */
export function cancelled(left: string, cause: unknown): CliError {
  return new CliError('cancelled', `Cancelled. ${left}`, {}, cause);
}

/** A job on a cluster has no adapter to fetch. */
export function jobUnfinished(job: string, status: string): CliError {
  const next = status === 'FAILED' ? 'cluster status says why' : 'ask cluster status how far it is';
  return new CliError('jobUnfinished', `Job ${job} has no adapter: it is ${status}; ${next}.`, {
    job,
    status,
  });
}

/** A job that would be cleared away trains yet. */
export function jobStillRuns(job: string, status: string): CliError {
  return new CliError(
    'jobStillRuns',
    `Job ${job} is ${status}, and its folder is in use. Wait for its end, or end it first: attune cluster stop ${job}.`,
    { job, status },
  );
}

/** The folder of a job is still where it was, or nobody knows where. */
export function jobNotCleared(job: string, why: string): CliError {
  return new CliError(
    'jobNotCleared',
    `Nothing of job ${job} was cleared: ${why}. Its folder lies below the one that --storage named when it was exported.`,
    { job },
  );
}
