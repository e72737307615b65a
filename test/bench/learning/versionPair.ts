import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** The files of a folder, by path. */
export type Files = Readonly<Record<string, string>>;

/** A new folder of that name with those files in it. */
export function folderOf(name: string, files: Files): string {
  const folder = join(temporaryFolder(), name);
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Two versions of a small project, the second with so many new lines in each of its files. */
export function versionPair(
  name: string,
  { files = 4, lines = 20, lineEnd = '\n', extension = 'py' } = {},
): { readonly old: string; readonly new: string } {
  const named = (file: number): string => `lib/part${file}.${extension}`;
  const each = (textOf: (file: number) => string): Files =>
    Object.fromEntries(Array.from({ length: files }, (_, file) => [named(file), textOf(file)]));
  const head = (file: number): string => `first_line_of_part(${file})${lineEnd}`;
  const added = (file: number): string =>
    Array.from({ length: lines }, (_, i) => `value${i} = compute(${file}, ${i})${lineEnd}`).join('');
  return {
    old: folderOf(`${name}-1`, each(head)),
    new: folderOf(
      `${name}-2`,
      each((file) => head(file) + added(file)),
    ),
  };
}
