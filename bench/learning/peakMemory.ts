import * as z from 'zod';
import { keep, readKept } from './resultFolders.ts';

const schema = z.object({ mb: z.number() });

/**
 * The largest memory that a run ever had in use, in megabytes of 2^20 bytes: over all processes that went on with it, which
 * may be killed at any moment, so it is kept in a file.
 */
export class PeakMemory {
  readonly #path: string;
  readonly #ownMb: () => number;
  #mb: number;

  /** @param ownMb the most that this process had so far. */
  constructor(path: string, ownMb: () => number = peakOfProcessMb) {
    this.#path = path;
    this.#ownMb = ownMb;
    this.#mb = readKept(path, schema)?.mb ?? 0;
  }

  /** Looks again, and gives the most of all. */
  note(): number {
    const mb = this.#ownMb();
    if (mb > this.#mb) {
      this.#mb = mb;
      keep(this.#path, { mb });
    }
    return this.#mb;
  }
}

function peakOfProcessMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
