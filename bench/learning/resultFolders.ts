import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type * as z from 'zod';
import { modelFiles } from '../../src/engine/weights/modelFiles.ts';
import { sha256OfJson } from '../../src/trainer/canonicalJson.ts';

const source = resolve(import.meta.dirname, '../../src');

/** What decides what a policy writes and what becomes of it. */
const servingCode = ['completion', 'engine', 'feedback', 'cli/replay', 'trainer/data/acceptedPart.ts'];
/** What decides what is learned from it. */
const trainingCode = ['trainer'];

/** Digits of a hash that tell two folders apart. */
const keyChars = 12;

/** A folder for all that depends on `facts` and on the code that serves; made where it is not there yet. */
export function workFolder(results: string, name: string, facts: object): string {
  return ensureFolder(
    join(results, `${nameOnDisk(name)}-${keyOf({ facts, code: hashOfCode(servingCode) })}`),
  );
}

/** A folder in it for all that depends on how it is retrained as well. */
export function trainingFolder(work: string, facts: object): string {
  return ensureFolder(join(work, `retrained-${keyOf({ facts, code: hashOfCode(trainingCode) })}`));
}

/** A folder in it for what another model answers at the same places. */
export function againstFolder(work: string, facts: object): string {
  return ensureFolder(join(work, `against-${keyOf(facts)}`));
}

/** Which weights a model folder holds, without reading them. */
export function modelIdentity(folder: string): object {
  const { size, mtimeMs } = statSync(join(folder, modelFiles.weights));
  return { folder, size, mtimeMs };
}

/** What a file of results holds; made by `make` and kept there where it is not there yet. */
export async function kept<T>(path: string, schema: z.ZodType<T>, make: () => Promise<T>): Promise<T> {
  const known = readKept(path, schema);
  if (known !== undefined) return known;
  const made = await make();
  keep(path, made);
  return made;
}

/** What a file of results holds; undefined where it is not there yet. */
export function readKept<T>(path: string, schema: z.ZodType<T>): T | undefined {
  return existsSync(path) ? schema.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
}

/** Writes a file of results whole or not at all: what stands there counts as done. */
export function keep(path: string, made: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(made)}\n`);
  renameSync(`${path}.new`, path);
}

function keyOf(facts: object): string {
  return sha256OfJson(facts).slice(0, keyChars);
}

function hashOfCode(places: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of places.flatMap((place) => filesOf(join(source, place))))
    hash.update(`${relative(source, path)}\n`).update(readFileSync(path));
  return hash.digest('hex');
}

/** A file itself, or the files below a folder in order. */
function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}

function nameOnDisk(name: string): string {
  return name.replaceAll(/[^\w.-]+/g, '-');
}

function ensureFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}
