import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { Sentence } from '../../sentences/sentence.ts';
import { sentenceSchema } from '../../sentences/sentenceSchema.ts';
import { replaceFile } from '../files.ts';
import { devices, type Device } from './devices.ts';

/** What a test of the devices came to. */
export interface DeviceVerdict {
  /** What 'auto' means on this machine, for this model and these drivers. */
  readonly device: Device;
  /** Why; for the log. */
  readonly why: Sentence;
  /** Longest run that WebGPU computes right, in tokens; absent where any is, or where it is not used. */
  readonly maxRunTokens?: number | undefined;
}

const verdictsSchema = z.record(
  z.string(),
  z.object({
    device: z.enum(devices),
    why: sentenceSchema,
    maxRunTokens: z.number().int().positive().optional(),
  }),
);

/** The verdicts of earlier loads, in one small file. Where it cannot be written, models serve all the same. */
export class DeviceVerdicts {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The verdict for a machine, model and driver; undefined where there was no test, or its file is damaged. */
  async find(key: string): Promise<DeviceVerdict | undefined> {
    return (await this.#read())[key];
  }

  /** Remembers a verdict; false where nothing can be written, so that the next load knows nothing of it. */
  async remember(key: string, verdict: DeviceVerdict): Promise<boolean> {
    return this.#write({ ...(await this.#read()), [key]: verdict });
  }

  /** Forgets a verdict, so that there is a test at the next load. */
  async forget(key: string): Promise<void> {
    const others = Object.entries(await this.#read()).filter(([other]) => other !== key);
    await this.#write(Object.fromEntries(others));
  }

  async #write(verdicts: Readonly<Record<string, DeviceVerdict>>): Promise<boolean> {
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await replaceFile(this.#path, (file) => file.writeFile(JSON.stringify(verdicts, undefined, 2)));
      return true;
    } catch {
      return false;
    }
  }

  /** A file that cannot be read costs one more test, so it counts as empty. */
  async #read(): Promise<Readonly<Record<string, DeviceVerdict>>> {
    try {
      return verdictsSchema.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      return {};
    }
  }
}
