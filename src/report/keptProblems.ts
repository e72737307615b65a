import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { Problem } from './diagnostics.ts';
import { maxProblems } from './maxProblems.ts';
import { withoutPrivate, type PrivateTexts } from './privateText.ts';
import { replaceFile } from '../engine/files.ts';

const problemsSchema = z.array(
  z.object({ atMs: z.number(), severity: z.enum(['warn', 'error']), text: z.string() }),
);

/** The last things that went wrong in any window, oldest first; none where there is no file of them that can be read. */
export async function keptProblems(path: string): Promise<readonly Problem[]> {
  try {
    return problemsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return [];
  }
}

/**
 * Writes down what went wrong in one window, without anything private, for diagnostics after its end. Of what two
 * windows write at the same moment one may be lost.
 */
export class ProblemsKeeper {
  readonly #path: string;
  readonly #secret: () => PrivateTexts;
  #waiting: readonly Problem[] = [];
  #writing: Promise<void> | undefined;

  constructor(path: string, secret: () => PrivateTexts) {
    this.#path = path;
    this.#secret = secret;
  }

  /** Keeps a problem. What comes while others are written is written with the next, so that a flood costs few writes. */
  keep(problem: Problem): Promise<void> {
    const text = withoutPrivate(problem.text, this.#secret());
    this.#waiting = [...this.#waiting, { ...problem, text }].slice(-maxProblems);
    this.#writing ??= this.#writeAll();
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      while (this.#waiting.length > 0) await this.#writeWaiting();
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeWaiting(): Promise<void> {
    const kept = await keptProblems(this.#path);
    const problems = [...kept, ...this.#waiting].slice(-maxProblems);
    this.#waiting = [];
    await replaceFile(this.#path, (file) => file.writeFile(JSON.stringify(problems)));
  }
}

/** The last problems of this process and of those that were kept, which may hold some of the same in other words; oldest first. */
export function withKeptProblems(own: readonly Problem[], kept: readonly Problem[]): readonly Problem[] {
  const ownTimes = new Set(own.map(({ atMs }) => atMs));
  const problems = [...kept.filter(({ atMs }) => !ownTimes.has(atMs)), ...own];
  return problems.sort((a, b) => a.atMs - b.atMs).slice(-maxProblems);
}
