import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { isRows, linesOf, type ClusterExport } from './clusterExports.ts';

/** The name of the program that trains, as Python imports it. */
const programName = 'attune_cluster';

/** A zip of what travels of some exports, with the program that trains on it. Rows of one name are one file, in the order of the exports. */
export async function clusterArchive(exports: readonly ClusterExport[]): Promise<Uint8Array> {
  const files = new Map<string, Buffer>();
  for (const [name, folders] of foldersByFile(exports)) files.set(name, await contentOf(name, folders));
  return archiveWithProgram(files);
}

/** A zip of files, by their names, with the program beside them. */
export async function archiveWithProgram(files: ReadonlyMap<string, Buffer>): Promise<Uint8Array> {
  const archive = new ZipFile();
  for (const [name, content] of files) archive.addBuffer(content, name);
  const program = programFolder();
  for (const name of (await readdir(program)).filter((file) => file.endsWith('.py')))
    archive.addBuffer(await readFile(join(program, name)), `${programName}/${name}`);
  archive.end();
  return buffer(archive.outputStream);
}

function foldersByFile(exports: readonly ClusterExport[]): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const { folder, files } of exports)
    for (const { name } of files) folders.set(name, [...(folders.get(name) ?? []), folder]);
  return folders;
}

/** A file that one export has travels byte for byte. */
async function contentOf(name: string, folders: readonly string[]): Promise<Buffer> {
  const parts = await Promise.all(folders.map((folder) => readFile(join(folder, name))));
  if (parts.length === 1 || !isRows({ name })) return parts[0]!;
  const rows = parts.flatMap((part) => linesOf(part.toString()));
  return Buffer.from(rows.map((row) => `${row}\n`).join(''));
}

/** Beside the bundle's folder, or at the root of the checkout where this runs from source. */
function programFolder(): string {
  const beside = join(import.meta.dirname, '..', 'cluster', programName);
  return existsSync(beside) ? beside : join(import.meta.dirname, '..', '..', '..', 'cluster', programName);
}
