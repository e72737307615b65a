import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** The files of a repository of Git, of a linked worktree or of a submodule. */
export interface GitRepository {
  readonly root: string;
  /** Where Git keeps what is checked out there (`HEAD`): `.git`, or the folder that a file of this name names. */
  readonly directory: string;
}

/** The innermost repository that a folder lies in; undefined when there is none. */
export async function repositoryOf(folder: string): Promise<GitRepository | undefined> {
  const repository = await repositoryAt(folder);
  const parent = dirname(folder);
  return repository !== undefined || parent === folder ? repository : repositoryOf(parent);
}

/** The repository whose root a folder is; undefined when it is none's. */
export async function repositoryAt(root: string): Promise<GitRepository | undefined> {
  const git = join(root, '.git');
  const found = await stat(git).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isDirectory()) return { root, directory: git };
  const named = /^gitdir: (.+)/.exec((await readText(git)) ?? '')?.[1];
  return named === undefined ? undefined : { root, directory: resolve(root, named) };
}

/** The file with the patterns of a repository that are no part of its files: one for all its worktrees. */
export async function excludeFileOf({ directory }: GitRepository): Promise<string> {
  const common = await readText(join(directory, 'commondir'));
  return join(common === undefined ? directory : resolve(directory, common.trim()), 'info', 'exclude');
}

/** The text of a file; undefined where there is none. */
export function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
