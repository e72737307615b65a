import { readFile, rm } from 'node:fs/promises';
import * as z from 'zod';
import type { StorageRules } from '../feedback/storable.ts';
import { readStorableFiles } from '../feedback/storableFiles.ts';
import { hasCode, namesIn, replaceFile } from './files.ts';
import { readOwnLines } from './ownLines.ts';
import type { SourceFile } from './codeWindows.ts';

/** Of one folder: a retraining looks at some hundred windows. */
const maxFiles = 2000;

/** Which files are learned from, and what of them first. */
export interface LearnFrom extends StorageRules {
  /** Whether the lines that the user wrote last, as git's history has it, come first. */
  readonly ownLinesFirst: boolean;
}

/**
 * The source files in the workspace's folders that may be learned from: by the same rules as what is
 * stored of the user's work, though nothing of them is.
 */
export async function readSourceFiles(learnFrom: LearnFrom): Promise<SourceFile[]> {
  const folders: SourceFile[][] = [];
  for (const folder of learnFrom.workspaceFolders) folders.push(await readFolder(folder, learnFrom));
  return folders.flat();
}

async function readFolder(folder: string, { ownLinesFirst, ...rules }: LearnFrom): Promise<SourceFile[]> {
  const found = await readStorableFiles(folder, maxFiles, rules);
  const paths = found.map(({ path }) => path);
  const own = ownLinesFirst ? await readOwnLines(folder, paths) : undefined;
  return found.map(({ path, ...file }) => ({ ...file, linesWritten: own?.get(path) }));
}

const sourceFilesSchema = z.array(
  z.object({
    ...{ documentUri: z.string(), languageId: z.string(), text: z.string() },
    linesWritten: z.array(z.number().nullable()).optional(),
  }),
);

/**
 * The files as a run that was interrupted had them, while its checkpoint is there; else as `read` gives
 * them now, kept for the run that is beginning. Without that every edit would begin it anew.
 */
export async function sourceFilesOfRun(
  checkpointFolder: string,
  read: () => Promise<SourceFile[]>,
): Promise<SourceFile[]> {
  const path = keptFilesPath(checkpointFolder);
  const isInterrupted = (await namesIn(checkpointFolder)).length > 0;
  const before = isInterrupted ? await readKept(path) : undefined;
  if (before !== undefined) return before;
  const files = await read();
  await replaceFile(path, JSON.stringify(files));
  return files;
}

/** Takes away what was kept of the files, unless a checkpoint is left to go on from. */
export async function dropSourceFiles(checkpointFolder: string): Promise<void> {
  if ((await namesIn(checkpointFolder)).length === 0) await forgetSourceFiles(checkpointFolder);
}

/** Takes away what an interrupted run kept of the files; it begins anew then. */
export async function forgetSourceFiles(checkpointFolder: string): Promise<void> {
  await rm(keptFilesPath(checkpointFolder), { force: true });
}

function keptFilesPath(checkpointFolder: string): string {
  return `${checkpointFolder}-files.json`;
}

async function readKept(path: string): Promise<SourceFile[] | undefined> {
  try {
    return sourceFilesSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
