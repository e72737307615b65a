import { basename, resolve } from 'node:path';
import { buildExamples, type FeedbackRecords } from '../../trainer/data/dataset.ts';
import { ignoredWork, noSourceFiles, nothingTyped, oneVersionOnly, tooLittleWork } from '../errors.ts';
import { readProjectFiles } from '../../feedback/files/projectFiles.ts';
import type { FeedbackStore } from '../../feedback/storing/feedbackStore.ts';
import { requireFolder } from '../paths.ts';
import { projectFolder } from './replayedProject.ts';
import { changesBetween, newerHalf, type TypedDocument } from './typedWork.ts';
import { readVersions } from './versions.ts';

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
  /** Where it is done; the documents' paths are relative to it. */
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

/** Versions lie wherever they were unpacked, also where an ignore file leaves all of it out: they are replayed elsewhere. */
async function readChanges(old: string, newer: string): Promise<Work> {
  const files = await readVersions({ old, new: newer });
  const documents = changesBetween(files.older, files.newer);
  if (documents.length === 0) throw nothingTyped(old, newer);
  const name = `${basename(resolve(old))} to ${basename(resolve(newer))}`;
  return { name, folder: projectFolder, documents };
}

/** What is learned from files besides has no part in this. */
const noFiles = { maxWindows: 0, seed: 0 };

/** Makes sure that a replay left something to hold out, without which nothing can be said about a new policy. */
export function requireHeldOutWork(
  records: FeedbackRecords & Pick<FeedbackStore, 'notStored'>,
  heldOutShare: number,
  work: { readonly name: string; readonly typedLines: number; readonly asked: number },
): void {
  const { demonstrations, heldOut } = buildExamples(records, [], { heldOutShare, ...noFiles });
  const isEnough = demonstrations.length > 0 && heldOut.demonstrations.length > 0;
  if (isEnough) return;
  const { gitIgnored = 0, excludedByUser = 0 } = records.notStored();
  if (gitIgnored + excludedByUser > 0) throw ignoredWork(work.name);
  throw tooLittleWork(work.name, work.typedLines, work.asked);
}
