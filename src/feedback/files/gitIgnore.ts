import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { excludeFileOf, readText, repositoryAt } from './gitRepository.ts';

type IgnoreName = '.gitignore' | '.attuneignore';

/** One file of ignore patterns: what it leaves out, relative to its folder. */
interface IgnoreFile {
  readonly folder: string;
  readonly patterns: Ignore;
}

/** Whether Git leaves a file out; the user's global ignore file is not read. */
export function isGitIgnored(path: string): Promise<boolean> {
  return isIgnoredBy('.gitignore', path);
}

/** Whether the user wants nothing of a file to be stored, as `.attuneignore` files say by the rules of `.gitignore`. */
export function isAttuneIgnored(path: string): Promise<boolean> {
  return isIgnoredBy('.attuneignore', path);
}

/**
 * Whether files of patterns leave a file out, as Git reads its own: by the `.gitignore` files from the repository's root down to the
 * file's folder, where the deepest that says anything wins, and by `.git/info/exclude` before Git's own.
 * What lies in a folder left out cannot be taken in again.
 *
 * Without a repository every such file above counts, and every `.attuneignore` does always.
 */
async function isIgnoredBy(name: IgnoreName, path: string): Promise<boolean> {
  const ignoreFiles = await ignoreFilesAbove(path, name);
  return pathsDownTo(path, ignoreFiles[0]?.folder).some((part) => isLeftOut(part, ignoreFiles));
}

/** A file's path from a folder, with `/` as patterns use it; undefined when it is not in there. */
export function pathInside(folder: string, path: string): string | undefined {
  const inside = relative(folder, path).split(sep).join('/') + (path.endsWith(sep) ? '/' : '');
  const isInside = !inside.startsWith('../') && !inside.startsWith('/') && !/^[a-z]:/i.test(inside);
  return isInside && inside !== '' ? inside : undefined;
}

function isLeftOut(path: string, ignoreFiles: readonly IgnoreFile[]): boolean {
  return ignoreFiles.reduce((isIgnored, { folder, patterns }) => {
    const inside = pathInside(folder, path);
    if (inside === undefined || inside === '/') return isIgnored;
    const verdict = patterns.test(inside);
    return verdict.ignored || verdict.unignored ? verdict.ignored : isIgnored;
  }, false);
}

/** The folders between `top` and a file, outermost first and each ending in a separator, then the file. */
function pathsDownTo(path: string, top: string | undefined): string[] {
  const paths = [path];
  for (let folder = dirname(path); top !== undefined && folder !== top; folder = dirname(folder)) {
    paths.unshift(folder + sep);
  }
  return paths;
}

/** The ignore files that speak about a path, from the outermost folder to its own. */
async function ignoreFilesAbove(path: string, name: IgnoreName): Promise<IgnoreFile[]> {
  const files: IgnoreFile[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    files.unshift(...(await ignoreFileAt(join(folder, name), folder)));
    const repository = name === '.gitignore' ? await repositoryAt(folder) : undefined;
    if (repository !== undefined)
      files.unshift(...(await ignoreFileAt(await excludeFileOf(repository), folder)));
    if (repository !== undefined || dirname(folder) === folder) return files;
  }
}

/** The patterns in a file, if there is one, for what lies in a folder. */
async function ignoreFileAt(path: string, folder: string): Promise<IgnoreFile[]> {
  const text = await readText(path);
  return text === undefined ? [] : [{ folder, patterns: ignore().add(text) }];
}
