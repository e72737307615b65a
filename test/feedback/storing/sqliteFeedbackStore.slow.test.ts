import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openFeedbackStore } from '../../../src/feedback/storing/sqliteFeedbackStore.ts';

const writer = fileURLToPath(new URL('storeWriter.ts', import.meta.url));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-killed-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Lets a process write from record `first` on and kills it after `count` were stored. Gives the last one it said. */
async function writeUntilKilled(path: string, first: number, count: number): Promise<number> {
  const child = spawn(process.execPath, [writer, path, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.split('\n').length > count) child.kill('SIGKILL');
  }
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1));
}

it('has every acknowledged record after its process was killed, again and again', async () => {
  const path = join(folder, 'feedback.sqlite');
  let next = 0;
  for (const count of [20, 1, 50]) {
    const last = await writeUntilKilled(path, next, count);
    const { store, movedAside } = openFeedbackStore(path, 0);
    const stored = store.completions();
    store.close();
    expect(movedAside).toBeUndefined();
    expect(stored.slice(0, last + 1).map(({ finalText }) => finalText)).toEqual(
      Array.from({ length: last + 1 }, (_, i) => `final ${i}`),
    );
    next = last + 1;
  }
});
