import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { sentence } from '../../sentences/sentence.ts';
import { sentenceOf } from '../../sentences/foreseenError.ts';
import { unfitExport } from '../errors.ts';
import { clusterHyperparameters } from './clusterHyperparameters.ts';

/*
 * What travels to a cluster: one exported folder, or those of several people that together train one
 * adapter. Each was written by `writeClusterJob` on the machine of whoever did the work in it.
 */

/** The file of an export that says how is trained. */
export const configFile = 'config.yaml';

/** The rows of an export that test a reward model, which PPO alone asks to pass. */
export const judgeFile = 'judge.jsonl';

/** One file that would travel. */
export interface TravellingFile {
  readonly name: string;
  readonly bytes: number;
  /** Of JSON Lines; absent in other files. */
  readonly rows?: number | undefined;
}

/** An exported folder, with what of it would travel. */
export interface ClusterExport {
  readonly folder: string;
  readonly files: readonly TravellingFile[];
}

/**
 * The exports that go into one job, in the order they were named. The first says how is trained, so every
 * file of it travels; of the others only the rows that this uses do.
 *
 * @throws ProcessError 'unfitExport' where one is no export, is there twice, or is for another base model than the first, or
 * where the first has hyperparameters that no job can follow.
 */
export async function clusterExports(folders: readonly string[]): Promise<ClusterExport[]> {
  await requireDifferent(folders);
  const exports = await Promise.all(folders.map(exportIn));
  requireOneBase(exports);
  if (exports[0] !== undefined) requireHyperparameters(exports[0]);
  const used = rowsUsedBy(exports[0]);
  return exports.map(({ folder, files }, i) => ({ folder, files: i === 0 ? files : files.filter(used) }));
}

/** The rows of others that a job uses. */
function rowsUsedBy(first: ReadExport | undefined): (file: TravellingFile) => boolean {
  return (file) => isRows(file) && (file.name !== judgeFile || first?.config.method === 'ppo');
}

/** Whether a file's rows are trained on. */
export function isRows({ name }: Pick<TravellingFile, 'name'>): boolean {
  return name.endsWith('.jsonl');
}

/** Every file of an exported folder, as a preview names them. Folders in it do not travel. */
export async function travellingFiles(folder: string): Promise<TravellingFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return Promise.all(names.toSorted().map((name) => describeFile(folder, name)));
}

async function describeFile(folder: string, name: string): Promise<TravellingFile> {
  const path = join(folder, name);
  const { size: bytes } = await stat(path);
  if (!isRows({ name })) return { name, bytes };
  return { name, bytes, rows: linesOf(await readFile(path, 'utf8')).length };
}

/** The rows of a file of JSON Lines, not yet read. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** An export with what its config says, which is read once. */
interface ReadExport extends ClusterExport {
  readonly config: z.infer<typeof configSchema>;
}

async function exportIn(folder: string): Promise<ReadExport> {
  const files = await travellingFiles(folder);
  const names = files.map(({ name }) => name);
  if (!names.includes(configFile) || !files.some(isRows))
    throw unfitExport(
      folder,
      sentence`${folder} is no export: it lacks ${configFile} or rows. attune cluster export writes one.`,
    );
  return { folder, files, config: await configOf(folder) };
}

async function requireDifferent(folders: readonly string[]): Promise<void> {
  const paths = await Promise.all(folders.map((folder) => realpath(folder)));
  const twice = folders.find((_, i) => paths.indexOf(paths[i]!) !== i);
  if (twice !== undefined)
    throw unfitExport(
      twice,
      sentence`${twice} was named twice, and its rows would count double. Name it once.`,
    );
}

/** Whoever exported for another model could not use what comes back. */
function requireOneBase(exports: readonly ReadExport[]): void {
  const bases = exports.map(({ config }) => config.base_model);
  const other = bases.findIndex(({ sha256 }) => sha256 !== bases[0]!.sha256);
  if (other === -1) return;
  const [first, found] = [bases[0]!, bases[other]!].map(
    ({ name, sha256 }) => sentence`${name} (weights ${sha256.slice(0, 12)})`,
  );
  throw unfitExport(
    exports[other]!.folder,
    sentence`${exports[other]!.folder} is for ${found!}, and ${exports[0]!.folder} for ${first!}: one adapter belongs to one model. Export it again for that one.`,
  );
}

/** A file that was edited is read as `--hyperparameters` is, before anything is sent. */
function requireHyperparameters({ folder, config: { hyperparameters } }: ReadExport): void {
  if (hyperparameters === undefined || hyperparameters === null)
    throw unfitExport(
      folder,
      sentence`${folder} names no hyperparameters in ${configFile}: it is of an older version. Export it again.`,
    );
  try {
    clusterHyperparameters(hyperparameters);
  } catch (error) {
    throw unfitExport(folder, sentence`${join(folder, configFile)}: ${sentenceOf(error)}`, error);
  }
}

const configSchema = z.object({
  base_model: z.object({ name: z.string(), sha256: z.string() }),
  method: z.unknown().optional(),
  hyperparameters: z.unknown().optional(),
});

async function configOf(folder: string): Promise<z.infer<typeof configSchema>> {
  const text = await readFile(join(folder, configFile), 'utf8');
  try {
    return configSchema.parse(parse(text));
  } catch (error) {
    throw unfitExport(
      folder,
      sentence`${folder} names no base model in ${configFile}. Export it again.`,
      error,
    );
  }
}
