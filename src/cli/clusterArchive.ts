import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { travellingFiles } from '../process/clusterJob.ts';

/** The name of the program that trains, as Python imports it. */
const programName = 'attune_cluster';

/** A zip of an exported folder with the program that trains on it. */
export async function clusterArchive(folder: string): Promise<Uint8Array> {
  const archive = new ZipFile();
  for (const { name } of await travellingFiles(folder))
    archive.addBuffer(await readFile(join(folder, name)), name);
  const program = programFolder();
  for (const name of (await readdir(program)).filter((file) => file.endsWith('.py')))
    archive.addBuffer(await readFile(join(program, name)), `${programName}/${name}`);
  archive.end();
  return buffer(archive.outputStream);
}

/** Beside the bundle's folder, or at the root of the checkout where this runs from source. */
function programFolder(): string {
  const beside = join(import.meta.dirname, '..', 'cluster', programName);
  return existsSync(beside) ? beside : join(import.meta.dirname, '..', '..', 'cluster', programName);
}
