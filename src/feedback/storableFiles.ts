import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readProjectFiles } from './projectFiles.ts';
import { holdsSecret } from './secrets.ts';
import { whyDocumentNotStorable, type StorageRules } from './storable.ts';

/** A file of a workspace folder whose text may be used. */
export interface StorableFile {
  readonly documentUri: string;
  readonly languageId: string;
  /** With `\n` for its line ends. */
  readonly text: string;
}

/**
 * The source files in a folder that may be learned from, and shown to the model beside another: by the same rules as what is
 * stored of the user's work, though nothing of them is. By their paths in the folder, oldest first.
 *
 * @param maxFiles more are not read; the newest are where git knows them.
 */
export async function readStorableFiles(
  folder: string,
  maxFiles: number,
  rules: StorageRules,
): Promise<Map<string, StorableFile>> {
  const files = new Map<string, StorableFile>();
  for (const { path, languageId, text } of await readProjectFiles(folder, maxFiles)) {
    const documentUri = pathToFileURL(join(folder, path)).href;
    if (await isStorableFile({ documentUri, text }, rules))
      files.set(path, { documentUri, languageId, text });
  }
  return files;
}

/** Whether a file may be used as it is now. */
export async function isStorableFile(
  { documentUri, text }: Pick<StorableFile, 'documentUri' | 'text'>,
  rules: StorageRules,
): Promise<boolean> {
  return (await whyDocumentNotStorable(documentUri, rules)) === undefined && !(await holdsSecret(text));
}
