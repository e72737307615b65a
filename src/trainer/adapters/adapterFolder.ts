import { readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import {
  hasCode,
  makeFolderAtomically,
  removeLeftovers,
  replaceFile,
  writeSynced,
} from '../../engine/files.ts';
import { invariant } from '../../engine/invariant.ts';
import type { ParameterLayout } from '../../engine/model/parameterLayout.ts';
import { isFolder } from '../../engine/weights/pathKind.ts';
import { sentence } from '../../sentences/sentence.ts';
import { adapterDamaged, adapterMismatch, adapterMissing, TrainerError } from '../errors.ts';
import {
  keptComparisonsSchema,
  withoutPlaces,
  type IsForgotten,
  type KeptComparisons,
} from './keptComparisons.ts';
import { learnedFromSchema } from './learnedFrom.ts';
import { manifestSchema, type Manifest } from './manifest.ts';
import { namingFullDisk } from '../namingFullDisk.ts';
import { peftConfigOf, peftConfigSchema, type PeftConfig, type PeftSettings } from './peftConfig.ts';
import { adapterFiles } from './peftFolder.ts';
import { readTensorFile, sha256OfFile, writeTensorFile, type NamedTensor } from './tensorFile.ts';

/** An adapter as a run hands it over. */
export interface NewAdapter {
  /** [N] all trained parameters. */
  readonly theta: Float32Array;
  readonly layout: ParameterLayout;
  readonly peft: Omit<PeftSettings, 'baseModelId'>;
  /** Without the hash of the weights, which is filled in when they are written. */
  readonly manifest: Manifest;
  /** What it and the policy before offered on held-out work. Absent where nothing was compared. */
  readonly comparisons?: KeptComparisons;
  /** Ids of all records it learned from. Absent where they are not known. */
  readonly learnedFrom?: readonly string[] | undefined;
  /** The reward model of the run. Absent where none was trained. */
  readonly reward?: RewardAdapter | undefined;
}

/** A reward model: an adapter with a score head behind its factors. */
export interface RewardAdapter {
  readonly theta: Float32Array;
  readonly layout: ParameterLayout;
  /** Its scale is alpha / rank. Absent: as the policy's. */
  readonly alpha?: number;
}

/** What an adapter has to fit to be used. */
export interface AdapterFit {
  readonly layout: ParameterLayout;
  readonly baseModelId: string;
  /** `weightsFingerprint` of the model; absent: the name alone decides. */
  readonly baseSha256?: string;
  /** Scale of the adapter is alpha / rank; the rank follows from the layout. */
  readonly alpha: number;
}

/** An adapter read back, bit for bit. */
export interface LoadedAdapter {
  readonly theta: Float32Array;
  readonly manifest: Manifest;
}

const { weights: weightsFile, config: configFile } = adapterFiles;
const manifestFile = 'manifest.json';
const comparisonsFile = 'comparisons.json';
const learnedFromFile = 'learned-from.json';

/** Writes a new adapter's folder; it appears whole or not at all. The folder's name is the adapter's id. */
export async function writeAdapterFolder(folder: string, adapter: NewAdapter): Promise<void> {
  const { peft, manifest, comparisons, learnedFrom, reward } = adapter;
  const settings = { ...peft, baseModelId: manifest.baseModelId };
  await namingFullDisk(folder, () =>
    makeFolderAtomically(folder, async (temporary) => {
      const weightsSha256 = await writePeft(temporary, adapter, settings);
      if (reward !== undefined) await writeReward(join(temporary, adapterFiles.reward), reward, settings);
      await writeJson(join(temporary, manifestFile), { ...manifest, weightsSha256 });
      if (comparisons !== undefined) await writeJson(join(temporary, comparisonsFile), comparisons);
      if (learnedFrom !== undefined)
        await writeJson(join(temporary, learnedFromFile), { formatVersion: 1, recordIds: learnedFrom });
    }),
  );
}

function writeReward(folder: string, reward: RewardAdapter, settings: PeftSettings): Promise<void> {
  return makeFolderAtomically(folder, async (temporary) => {
    const { alpha = settings.alpha } = reward;
    await writePeft(temporary, reward, { ...settings, alpha, taskType: 'SEQ_CLS' });
  });
}

/** Gives the SHA-256 of the weights. */
async function writePeft(
  folder: string,
  { theta, layout }: Pick<NewAdapter, 'theta' | 'layout'>,
  settings: PeftSettings,
): Promise<string> {
  invariant(theta.length === layout.size, `theta has ${theta.length} elements, its layout ${layout.size}`);
  await writeJson(join(folder, configFile), peftConfigOf(layout, settings));
  return writeTensorFile(join(folder, weightsFile), tensorsOf(theta, layout));
}

/** The manifest of the adapter in that folder. Throws TrainerError 'adapterMissing' or 'adapterDamaged'. */
export async function readManifest(folder: string): Promise<Manifest> {
  const manifest = await readJson(folder, manifestFile, manifestSchema);
  const id = basename(folder);
  if (manifest.adapterId !== id)
    throw adapterDamaged(id, sentence`its manifest is that of ${manifest.adapterId}`);
  return manifest;
}

/** Makes sure that the adapter in that folder is as it was written. Throws as `readManifest` does. */
export async function requireSound(folder: string): Promise<void> {
  await readTensors(folder, await readManifest(folder));
}

/**
 * The weights and manifest of the adapter in that folder. Throws as `readManifest` does, and
 * 'adapterMismatch' when it is sound but not for that model, rank or scale.
 */
export async function readAdapterFolder(folder: string, fit: AdapterFit): Promise<LoadedAdapter> {
  const id = basename(folder);
  const manifest = await readManifest(folder);
  requireSameModel(id, manifest, await readJson(folder, configFile, peftConfigSchema), fit);
  const tensors = await readTensors(folder, manifest);
  requireSameTensors(id, tensors, fit.layout);
  return { theta: thetaOf(tensors, fit.layout), manifest };
}

/**
 * The held-out comparisons kept with the adapter in that folder; `undefined` where none are: everything
 * was forgotten, or the adapter is older than they are. Throws TrainerError 'adapterDamaged'.
 */
export async function readComparisons(folder: string): Promise<KeptComparisons | undefined> {
  if (!(await isThere(join(folder, comparisonsFile)))) return undefined;
  return readJson(folder, comparisonsFile, keptComparisonsSchema);
}

/**
 * Ids of the records that the adapter in that folder learned from; `undefined` where they are not known:
 * it came from elsewhere, or is older than this list. Throws TrainerError 'adapterDamaged'.
 */
export async function readLearnedFrom(folder: string): Promise<readonly string[] | undefined> {
  if (!(await isThere(join(folder, learnedFromFile)))) return undefined;
  return (await readJson(folder, learnedFromFile, learnedFromSchema)).recordIds;
}

/** Forgets the comparisons of some places. What cannot be read goes as a whole: it may hold them. */
export async function forgetComparisonsOf(folder: string, isForgotten: IsForgotten): Promise<void> {
  if (!(await isFolder(folder))) return;
  await removeLeftovers(folder, comparisonsFile);
  try {
    const kept = await readComparisons(folder);
    const left = kept && withoutPlaces(kept, isForgotten);
    if (left === undefined || left.forgotten === kept?.forgotten) return;
    const path = join(folder, comparisonsFile);
    await namingFullDisk(path, () => replaceFile(path, (file) => file.writeFile(jsonText(left))));
  } catch (error) {
    if (!TrainerError.is(error, 'adapterDamaged')) throw error;
    await forgetAllComparisons(folder);
  }
}

/** Forgets all held-out comparisons kept with the adapter in that folder. */
export async function forgetAllComparisons(folder: string): Promise<void> {
  if (!(await isFolder(folder))) return;
  await removeLeftovers(folder, comparisonsFile);
  await rm(join(folder, comparisonsFile), { force: true });
}

async function readTensors(
  folder: string,
  { weightsSha256 }: Manifest,
): Promise<ReadonlyMap<string, NamedTensor>> {
  const id = basename(folder);
  const path = join(folder, weightsFile);
  try {
    await requireSha256(id, path, weightsSha256);
    return new Map((await readTensorFile(path)).map((tensor) => [tensor.name, tensor]));
  } catch (error) {
    if (TrainerError.is(error)) throw error;
    throw adapterDamaged(id, sentence`${weightsFile} cannot be read`, error);
  }
}

async function requireSha256(id: string, path: string, expected: string | undefined): Promise<void> {
  if (expected === undefined) return;
  const found = await sha256OfFile(path);
  if (found !== expected)
    throw adapterDamaged(id, sentence`the SHA-256 of ${basename(path)} is ${found}, not ${expected}`);
}

function requireSameModel(id: string, manifest: Manifest, config: PeftConfig, fit: AdapterFit): void {
  if (manifest.baseModelId !== fit.baseModelId) {
    throw adapterMismatch(id, sentence`it was trained on ${manifest.baseModelId}, not on ${fit.baseModelId}`);
  }
  const [made, found] = [manifest.baseSha256, fit.baseSha256];
  if (made !== undefined && found !== undefined && made !== found) {
    const weights = sentence`${manifest.baseModelId} with the weights ${made.slice(0, 12)}`;
    throw adapterMismatch(
      id,
      sentence`it was trained on ${weights}; this ${fit.baseModelId} has ${found.slice(0, 12)}`,
    );
  }
  if (config.lora_alpha !== fit.alpha) {
    throw adapterMismatch(id, sentence`its alpha is ${config.lora_alpha}, not ${fit.alpha}`);
  }
}

function requireSameTensors(
  id: string,
  tensors: ReadonlyMap<string, NamedTensor>,
  { slots }: ParameterLayout,
): void {
  for (const { name, shape } of slots) {
    const found = tensors.get(name)?.shape;
    if (found === undefined) throw adapterMismatch(id, sentence`it has no tensor ${name}`);
    if (found.join() !== shape.join()) {
      throw adapterMismatch(id, sentence`${name} is [${found.join(', ')}], not [${shape.join(', ')}]`);
    }
  }
  if (tensors.size !== slots.length) {
    const wanted = new Set(slots.map(({ name }) => name));
    const extra = [...tensors.keys()].find((name) => !wanted.has(name));
    throw adapterMismatch(
      id,
      sentence`it has ${tensors.size} tensors, not ${slots.length}; ${extra ?? ''} is one too many`,
    );
  }
}

function tensorsOf(theta: Float32Array, { slots }: ParameterLayout): NamedTensor[] {
  return slots.map(({ name, shape, offset }) => {
    const size = shape.reduce((product, dim) => product * dim, 1);
    return { name, shape, data: theta.subarray(offset, offset + size) };
  });
}

function thetaOf(tensors: ReadonlyMap<string, NamedTensor>, { slots, size }: ParameterLayout): Float32Array {
  const theta = new Float32Array(size);
  for (const { name, offset } of slots) theta.set(tensors.get(name)!.data, offset);
  return theta;
}

async function readJson<T>(folder: string, file: string, schema: z.ZodType<T>): Promise<T> {
  const id = basename(folder);
  try {
    return schema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT') && !(await isThere(folder))) throw adapterMissing(id, dirname(folder));
    throw adapterDamaged(id, sentence`${file} cannot be read (${shortly(error)})`, error);
  }
}

async function writeJson(path: string, value: object): Promise<void> {
  await writeSynced(path, (file) => file.writeFile(jsonText(value)));
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** What is wrong with a JSON file, on one line. */
function shortly(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error).replaceAll(/\s+/g, ' ');
  return error instanceof Error ? error.message : String(error);
}
