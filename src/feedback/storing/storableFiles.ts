import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isProjectFile, readProjectFiles, type ProjectReading } from '../files/projectFiles.ts';
import { holdsSecret } from './secrets.ts';
import { whyDocumentNotStorable, type StorageRules } from './storable.ts';

/** A file of a workspace folder whose text may be used. */
export interface StorableFile {
  readonly documentUri: string;
  /** In its folder, with `/`. */
  readonly path: string;
  readonly languageId: string;
  /** With `\n` for its line ends. */
  readonly text: string;
}

/**
 * The source files in a folder that may be learned from, and shown to the model beside another: by the same rules as what is
 * stored of the user's work, though nothing of them is. Oldest first.
 */
export async function readStorableFiles(
  folder: string,
  reading: ProjectReading,
  rules: StorageRules,
): Promise<StorableFile[]> {
  const files: StorableFile[] = [];
  for (const { path, languageId, text } of await readProjectFiles(folder, reading)) {
    const file = { documentUri: pathToFileURL(join(folder, path)).href, path, languageId, text };
    if (await isStorableFile(file, rules)) files.push(file);
  }
  return files;
}

/** Whether a file may be used as it is now. */
export async function isStorableFile(
  { documentUri, path, text }: Omit<StorableFile, 'languageId'>,
  rules: StorageRules,
): Promise<boolean> {
  if (!isProjectFile(path, text)) return false;
  return (await whyDocumentNotStorable(documentUri, rules)) === undefined && !(await holdsSecret(text));
}
