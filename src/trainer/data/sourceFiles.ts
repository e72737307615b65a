import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { hasCode, namesIn, replaceFile } from '../../engine/files.ts';
import { pathInside } from '../../feedback/files/gitIgnore.ts';
import { whyDocumentNotStorable, type StorageRules } from '../../feedback/storing/storable.ts';
import { readStorableFiles } from '../../feedback/storing/storableFiles.ts';
import { readOwnLines } from './ownLines.ts';
import type { SourceFile } from './codeWindows.ts';

/** Of one folder: a retraining looks at some hundred windows. */
const maxFiles = 2000;

/** Which files are learned from, and what of them first. */
export interface LearnFrom extends StorageRules {
  /** Whether the user turned learning from files off. Else no folders only mean that none can be read here and now. */
  readonly isOff: boolean;
  /** Absolute paths of folders that the user does not let it learn from, or was not asked about yet. */
  readonly refusedFolders: readonly string[];
  /** Whether the user trusts these folders, or named them. */
  readonly mayAskGit: boolean;
  /** Whether the lines that the user wrote last, as git's history has it, come first, where git may be asked. */
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

async function readFolder(
  folder: string,
  { mayAskGit, ownLinesFirst, ...rules }: LearnFrom,
): Promise<SourceFile[]> {
  const found = await readStorableFiles(folder, { maxFiles, mayAskGit }, rules);
  const paths = found.map(({ path }) => path);
  const own = ownLinesFirst && mayAskGit ? await readOwnLines(folder, paths) : undefined;
  return found.map((file) => ({ ...file, linesWritten: own?.get(file.path) }));
}

/** Which run reads files: those that an interrupted one kept are its own alone. */
export interface ReadingRun {
  readonly learnFrom: LearnFrom;
  /** What tells it from others; a run that goes on has the same. */
  readonly runKey: string;
}

const keptFilesSchema = z.object({
  runKey: z.string(),
  workspaceFolders: z.array(z.string()),
  files: z.array(
    z.object({
      ...{ documentUri: z.string(), path: z.string(), languageId: z.string(), text: z.string() },
      linesWritten: z.array(z.number().nullable()).optional(),
    }),
  ),
});

type KeptFiles = z.infer<typeof keptFilesSchema>;

/**
 * The files as the same run had them when it was interrupted, while its checkpoint is there, without those
 * that the user no longer allows; else as they are now, kept for the run that is beginning. Without that
 * every edit would begin it anew.
 */
export async function sourceFilesOfRun(checkpointFolder: string, run: ReadingRun): Promise<SourceFile[]> {
  const path = keptFilesPath(checkpointFolder);
  const isInterrupted = (await namesIn(checkpointFolder)).length > 0;
  const before = isInterrupted ? await readKept(path) : undefined;
  const kept = before?.runKey === run.runKey ? await stillAllowed(before, run) : await readNow(run);
  await replaceFile(path, (file) => file.writeFile(JSON.stringify(kept)));
  return kept.files;
}

async function readNow({ learnFrom, runKey }: ReadingRun) {
  return { runKey, workspaceFolders: learnFrom.workspaceFolders, files: await readSourceFiles(learnFrom) };
}

/** What was kept, by the rules of now. The run may go on in a window without its folders, or while their drive is away. */
async function stillAllowed({ files, ...of }: KeptFiles, { learnFrom }: ReadingRun) {
  const rules = { ...learnFrom, workspaceFolders: of.workspaceFolders };
  const allowed: SourceFile[] = [];
  for (const { linesWritten, ...file } of files) {
    if (isRefused(file, learnFrom) || (await whyDocumentNotStorable(file.documentUri, rules)) !== undefined)
      continue;
    allowed.push(learnFrom.ownLinesFirst ? { ...file, linesWritten } : file);
  }
  return { ...of, files: allowed };
}

function isRefused(
  { documentUri }: Pick<SourceFile, 'documentUri'>,
  { isOff, refusedFolders }: LearnFrom,
): boolean {
  const path = fileURLToPath(documentUri);
  return isOff || refusedFolders.some((folder) => pathInside(folder, path) !== undefined);
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

/** Undefined too where an older Attune kept them, which did not say whose they are. */
async function readKept(path: string): Promise<KeptFiles | undefined> {
  try {
    return keptFilesSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
