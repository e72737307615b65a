import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';

/** A source file of a project. */
export interface ProjectFile {
  /** Relative to the project's folder, with `/`. */
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
  /** When it came into the project, in milliseconds since the epoch. */
  readonly addedAtMs: number;
}

/** VS Code's language ids by file extension, for the languages people write by hand. */
const languageIds: Readonly<Record<string, string>> = {
  '.c': 'c',
  '.cc': 'cpp',
  '.cpp': 'cpp',
  '.cs': 'csharp',
  '.css': 'css',
  '.go': 'go',
  '.h': 'c',
  '.hpp': 'cpp',
  '.html': 'html',
  '.java': 'java',
  '.js': 'javascript',
  '.jsx': 'javascriptreact',
  '.kt': 'kotlin',
  '.lua': 'lua',
  '.mjs': 'javascript',
  '.php': 'php',
  '.py': 'python',
  '.rb': 'ruby',
  '.rs': 'rust',
  '.scala': 'scala',
  '.sh': 'shellscript',
  '.sql': 'sql',
  '.swift': 'swift',
  '.ts': 'typescript',
  '.tsx': 'typescriptreact',
};

/** Larger files are generated or data. */
const maxFileBytes = 200_000;

const skippedFolders = new Set(['node_modules', 'dist', 'build', 'out', 'vendor', 'target', '__pycache__']);

/** The source files of a project, oldest first: those git tracks where there is git, else all in the folder. */
export async function readProjectFiles(folder: string): Promise<ProjectFile[]> {
  const addedAtMs = await addedTimes(folder);
  const paths = addedAtMs === undefined ? await walk(folder, folder) : [...addedAtMs.keys()];
  const files = await Promise.all(
    paths.sort().map((path) => readProjectFile(folder, path, addedAtMs?.get(path))),
  );
  return files.filter((file) => file !== undefined).sort((a, b) => a.addedAtMs - b.addedAtMs);
}

async function readProjectFile(
  folder: string,
  path: string,
  addedAtMs: number | undefined,
): Promise<ProjectFile | undefined> {
  const languageId = languageIds[extname(path)];
  if (languageId === undefined || path.split('/').some((part) => skippedFolders.has(part))) return undefined;
  const found = await stat(join(folder, path)).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size > maxFileBytes) return undefined;
  const text = (await readFile(join(folder, path), 'utf8')).replaceAll('\r\n', '\n');
  return { path, languageId, text, addedAtMs: addedAtMs ?? found.mtimeMs };
}

/** When git first saw each tracked file; `undefined` where the folder is in no repository. */
async function addedTimes(folder: string): Promise<Map<string, number> | undefined> {
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('git', ['-C', folder, ...args], { maxBuffer: 1 << 28 });
    return stdout;
  };
  try {
    const tracked = (await git('ls-files', '-z')).split('\0').filter((path) => path !== '');
    if (tracked.length === 0) return undefined;
    const log = await git('log', '--relative', '--diff-filter=A', '--format=@%at', '--name-only', '--', '.');
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
    if (line.startsWith('@')) timeMs = Number(line.slice(1)) * 1000;
    else if (line !== '') times.set(line, timeMs);
  }
  return times;
}

async function walk(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const paths = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return skippedFolders.has(entry.name) || entry.name.startsWith('.') ? [] : walk(root, path);
      return [relative(root, path).split(sep).join('/')];
    }),
  );
  return paths.flat();
}
