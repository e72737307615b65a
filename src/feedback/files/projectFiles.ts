import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { languageIdOf } from '../../completion/syntax/languages.ts';
import { askGit } from './git.ts';

/** A source file of a project. */
export interface ProjectFile {
  /** Relative to the project's folder, with `/`. */
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
  /** When it came into the project, in milliseconds since the epoch. */
  readonly addedAtMs: number;
}

/** How the files of a project are read. */
export interface ProjectReading {
  /** More are not read: the newest where git knows, else the last by path. Absent: all are. */
  readonly maxFiles?: number;
  /** Whether the user trusts the folder, or named it: git runs programs that a repository names (`git.ts`). */
  readonly mayAskGit: boolean;
  /** Whether folders that a build fills count as well: packages are often published with nothing else. */
  readonly withBuilt?: boolean;
}

/** Larger files are generated or data. */
const maxFileBytes = 200_000;

/** Code by hand has 30 to 40 characters a line; packed files have thousands. */
const maxMeanLineChars = 150;

/**
 * Of a large project no process may open all files at once, and one after the other takes four times as long (5,000 files, two
 * cores).
 */
const filesAtOnce = 8;

/** What others wrote, or nobody. */
const foreignFolders: ReadonlySet<string> = new Set(['node_modules', 'vendor', '__pycache__']);

/** Where a build puts what it makes of the sources, as a rule. */
const builtFolders = ['dist', 'build', 'out', 'target'] as const;

const skippedFolders: ReadonlySet<string> = new Set([...foreignFolders, ...builtFolders]);

/**
 * The source files of a project, oldest first: those git tracks where it is there and may be asked, else all in the
 * folder. Left out is what nobody typed: large files, packed ones, those that are no UTF-8, and
 * what may not be read. None when nothing in it is source. Throws where the folder itself cannot be read.
 */
export async function readProjectFiles(
  folder: string,
  { maxFiles = Infinity, mayAskGit, withBuilt = false }: ProjectReading,
): Promise<ProjectFile[]> {
  const addedAtMs = mayAskGit ? await addedTimes(folder) : undefined;
  const skipped = withBuilt ? foreignFolders : skippedFolders;
  const paths = addedAtMs === undefined ? await walk(folder, folder, skipped) : [...addedAtMs.keys()];
  const files: ProjectFile[] = [];
  const newest = paths
    .filter((path) => isSource(path, skipped))
    .sort((a, b) => compareAdded(a, b, addedAtMs))
    .slice(-maxFiles);
  for (let start = 0; start < newest.length; start += filesAtOnce) {
    const some = newest.slice(start, start + filesAtOnce);
    const read = await Promise.all(some.map((path) => readSource(folder, path, addedAtMs?.get(path))));
    files.push(...read.filter((file) => file !== undefined));
  }
  return files.sort((a, b) => a.addedAtMs - b.addedAtMs);
}

/** Whether a file is one that `readProjectFiles` would give, with that text, where git tracks it. */
export function isProjectFile(path: string, text: string): boolean {
  return isSource(path, skippedFolders) && Buffer.byteLength(text) <= maxFileBytes && !isForMachines(text);
}

function isSource(path: string, skipped: ReadonlySet<string>): boolean {
  return languageIdOf(path) !== undefined && !path.split('/').some((part) => skipped.has(part));
}

/** Whether a file is in a folder that only Git's own list leads to: without one, nobody knows what in it is written by hand. */
export function isInHiddenFolder(path: string): boolean {
  return path.split('/').slice(0, -1).some(isHidden);
}

function isHidden(folderName: string): boolean {
  return folderName.startsWith('.');
}

function compareAdded(a: string, b: string, addedAtMs: ReadonlyMap<string, number> | undefined): number {
  const byTime = (addedAtMs?.get(a) ?? 0) - (addedAtMs?.get(b) ?? 0);
  return byTime === 0 ? Number(a > b) - Number(a < b) : byTime;
}

/** A file in a project's folder as `readProjectFiles` would give it, where git tracks it; undefined where it would not. */
export async function readProjectFile(folder: string, path: string): Promise<ProjectFile | undefined> {
  return isSource(path, skippedFolders) ? readSource(folder, path, undefined) : undefined;
}

async function readSource(
  folder: string,
  path: string,
  addedAtMs: number | undefined,
): Promise<ProjectFile | undefined> {
  const languageId = languageIdOf(path);
  if (languageId === undefined) return undefined;
  const found = await stat(join(folder, path)).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size > maxFileBytes) return undefined;
  const bytes = await readFile(join(folder, path)).catch(() => undefined);
  const text = bytes && textOf(bytes);
  if (text === undefined || isForMachines(text)) return undefined;
  return { path, languageId, text, addedAtMs: addedAtMs ?? found.mtimeMs };
}

/** The text in a file's bytes, with `\n` for its line ends; none where they are no UTF-8. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text.replaceAll('\r\n', '\n');
  } catch {
    return undefined; // Latin-1, UTF-16 or no text at all: nothing that could be typed as it is.
  }
}

/** Whether a text is packed or generated: its lines are longer in the mean than people's longest. */
function isForMachines(text: string): boolean {
  return text.length > maxMeanLineChars * (text.split('\n').length + 1);
}

/** What stands before a commit's time in the log: no path holds it. */
const commitMark = '\0';

/** When git first saw each tracked file; `undefined` where the folder is in no repository. */
async function addedTimes(folder: string): Promise<Map<string, number> | undefined> {
  try {
    const tracked = (await askGit(folder, ['ls-files', '-z'])).split('\0').filter((path) => path !== '');
    if (tracked.length === 0) return undefined;
    const log = await askGit(folder, [
      ...['log', '--relative', '--diff-filter=A', '--format=%x00%at', '--name-only', '--', '.'],
    ]);
    const times = parseAdditions(log);
    return new Map(tracked.map((path) => [path, times.get(path) ?? 0]));
  } catch {
    return undefined; // No git, or no repository: the files' own times have to do.
  }
}

/** Newest commit first, so the last time seen of a file is its first. */
function parseAdditions(log: string): Map<string, number> {
  const times = new Map<string, number>();
  let timeMs = 0;
  for (const line of log.split('\n')) {
    if (line.startsWith(commitMark)) timeMs = Number(line.slice(commitMark.length)) * 1000;
    else if (line !== '') times.set(line, timeMs);
  }
  return times;
}

async function walk(root: string, folder: string, skipped: ReadonlySet<string>): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (folder === root) throw error;
    return [];
  });
  const paths = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return skipped.has(entry.name) || isHidden(entry.name) ? [] : walk(root, path, skipped);
      return [relative(root, path).split(sep).join('/')];
    }),
  );
  return paths.flat();
}
