import { stat, utimes, writeFile } from 'node:fs/promises';

/** Little beside the minutes without an event that a retraining waits for, and few enough writes for somebody who types. */
const noteEveryMs = 60_000;

/** When something last happened in any window of the user, by the time of a file that all of them set. */
export class SharedLastEvent {
  readonly #path: string;
  #notedMs = -Infinity;

  constructor(path: string) {
    this.#path = path;
  }

  /** Says that something happened in this window; at most once a minute it is written down. */
  async note(atMs: number): Promise<void> {
    if (atMs - this.#notedMs < noteEveryMs) return;
    this.#notedMs = atMs;
    // Where it cannot be written, as without a data folder, nobody hears it: each window goes by its own events.
    await setTime(this.#path, atMs).catch(() => undefined);
  }

  /** When something last happened, to a minute; 0 where nobody knows. */
  async readMs(): Promise<number> {
    return stat(this.#path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  }
}

/** Sets a file's time, and makes the file where it is missing. */
async function setTime(path: string, atMs: number): Promise<void> {
  await writeFile(path, '', { flag: 'a' });
  await utimes(path, atMs / 1000, atMs / 1000);
}
