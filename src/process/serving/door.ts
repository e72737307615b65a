import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { sha256OfJson } from '../../trainer/canonicalJson.ts';
import type { EngineSettings } from '../clients.ts';

/** Where one engine and its windows find each other: files of that name in a folder only the user may enter. */
export interface EnginePlace {
  readonly folder: string;
  readonly name: string;
}

/** The place of all windows that want the same of an engine. */
export function placeOf(folder: string, settings: EngineSettings): EnginePlace {
  // 48 bits tell the settings of one user apart.
  return { folder, name: `engine-${sha256OfJson(settings).slice(0, 12)}` };
}

/** Held by the one window that starts an engine there. */
export function lockFile({ folder, name }: EnginePlace): string {
  return join(folder, `${name}.lock`);
}

/** What the engine there, or the last one, writes to standard output and standard error. */
export function outputFile({ folder, name }: EnginePlace): string {
  return join(folder, `${name}.log`);
}

const doorSchema = z.object({
  /** Path of a socket, or name of a pipe on Windows; new for each engine and not to be guessed. */
  address: z.string(),
  /** Whoever knows it could read this file, so it is the same user. */
  token: z.string(),
  processId: z.number().int(),
});

/** How to reach a running engine, and what opens it. */
export type Door = z.infer<typeof doorSchema>;

/** A door of this process that nobody knows yet. */
export function newDoor(folder: string): Door {
  const secret = (bytes: number): string => randomBytes(bytes).toString('hex');
  const isWindows = process.platform === 'win32';
  const address = isWindows ? `\\\\.\\pipe\\attune-${secret(16)}` : join(folder, `${secret(8)}.sock`);
  return { address, token: secret(32), processId: process.pid };
}

/** The door at a place, perhaps of an engine that is gone; undefined when there is none that can be read. */
export async function findDoor(place: EnginePlace): Promise<Door | undefined> {
  try {
    return doorSchema.parse(JSON.parse(await readFile(doorFile(place), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Lets windows find a door from now on. What a killed engine left there is removed. */
export async function showDoor(place: EnginePlace, door: Door): Promise<void> {
  const left = await findDoor(place);
  const temporary = `${doorFile(place)}.${door.processId}`;
  await writeFile(temporary, JSON.stringify(door), { mode: 0o600 });
  await rename(temporary, doorFile(place));
  if (left !== undefined && process.platform !== 'win32') await rm(left.address, { force: true });
}

/** Keeps windows from finding the door there, at once, and removes what an engine that ends well wrote. */
export function hideDoor(place: EnginePlace): void {
  rmSync(doorFile(place), { force: true });
  rmSync(outputFile(place), { force: true });
}

function doorFile({ folder, name }: EnginePlace): string {
  return join(folder, `${name}.json`);
}
