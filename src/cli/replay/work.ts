import { basename, resolve } from 'node:path';
import { buildExamples, type FeedbackRecords } from '../../trainer/data/dataset.ts';
import { noSourceFiles, nothingTyped, oneVersionOnly, tooLittleWork } from '../errors.ts';
import { readProjectFiles } from '../../feedback/files/projectFiles.ts';
import { requireFolder } from '../paths.ts';
import { changesBetween, newerHalf, type TypedDocument } from './typedWork.ts';

/** Which work is replayed. */
export interface WorkOptions {
  /** A project whose newer half is replayed. */
  readonly project: string;
  /** Both given: two versions of a project, whose difference is replayed instead. */
  readonly old?: string | undefined;
  readonly new?: string | undefined;
}

/** A developer's work. */
export interface Work {
  /** What it is called in messages. */
  readonly name: string;
  /** The project's folder; the documents' paths are relative to it. */
  readonly folder: string;
  readonly documents: readonly TypedDocument[];
}

/** The work that the options name. Throws a CliError when there is none. */
export async function readWork({ project, old, new: newer }: WorkOptions): Promise<Work> {
  if (old !== undefined && newer !== undefined) return readChanges(old, newer);
  if (old !== undefined || newer !== undefined) throw oneVersionOnly();
  await requireFolder(project);
  const files = await readProjectFiles(project, { mayAskGit: true });
  if (files.length === 0) throw noSourceFiles(project);
  const folder = resolve(project);
  return { name: basename(folder), folder, documents: newerHalf(files) };
}

async function readChanges(old: string, newer: string): Promise<Work> {
  for (const folder of [old, newer]) await requireFolder(folder);
  const [olderFiles, newerFiles] = await Promise.all([
    readProjectFiles(old, { mayAskGit: true }),
    readProjectFiles(newer, { mayAskGit: true }),
  ]);
  if (newerFiles.length === 0) throw noSourceFiles(newer);
  const documents = changesBetween(olderFiles, newerFiles);
  if (documents.length === 0) throw nothingTyped(old, newer);
  const folder = resolve(newer);
  return { name: `${basename(resolve(old))} to ${basename(folder)}`, folder, documents };
}

/** What is learned from files besides has no part in this. */
const noFiles = { maxWindows: 0, seed: 0 };

/** Makes sure that a replay left something to hold out, without which nothing can be said about a new policy. */
export function requireHeldOutWork(
  records: FeedbackRecords,
  heldOutShare: number,
  work: { readonly name: string; readonly typedLines: number; readonly asked: number },
): void {
  const { demonstrations, heldOut } = buildExamples(records, [], { heldOutShare, ...noFiles });
  const isEnough = demonstrations.length > 0 && heldOut.demonstrations.length > 0;
  if (!isEnough) throw tooLittleWork(work.name, work.typedLines, work.asked);
}
