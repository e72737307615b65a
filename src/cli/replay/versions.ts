import { readProjectFiles, type ProjectFile } from '../../feedback/files/projectFiles.ts';
import { noSourceFiles } from '../errors.ts';
import { requireFolder } from '../paths.ts';

/** Folders of two versions of a project. */
export interface Versions {
  readonly old: string;
  readonly new: string;
}

/**
 * The source files of two versions of a project. Those in folders that a build fills count only where the newer has no others:
 * it was published without its sources, or a folder of theirs is called so. Throws a CliError for folders that are not there,
 * or where the newer has no source at all.
 */
export async function readVersions(
  versions: Versions,
): Promise<Readonly<Record<'older' | 'newer', ProjectFile[]>>> {
  for (const folder of [versions.old, versions.new]) await requireFolder(folder);
  for (const withBuilt of [false, true]) {
    const reading = { mayAskGit: true, withBuilt };
    const newer = await readProjectFiles(versions.new, reading);
    if (newer.length > 0) return { older: await readProjectFiles(versions.old, reading), newer };
  }
  throw noSourceFiles(versions.new);
}
