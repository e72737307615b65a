import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openFeedbackStore } from '../../../src/feedback/storing/sqliteFeedbackStore.ts';
import { sampleCompletion } from '../sampleRecords.ts';

const writer = fileURLToPath(new URL('storeWriter.ts', import.meta.url));
const opener = fileURLToPath(new URL('storeOpener.ts', import.meta.url));

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

/** A store in whose pages something else stands, large enough that a look through it takes a while. */
function makeDamagedStore(path: string): void {
  const { store } = openFeedbackStore(path, 0);
  for (let i = 0; i < 300; i++)
    store.addCompletion(sampleCompletion(`old${i}`, { prefix: 'x'.repeat(6000) }));
  store.close();
  const file = openSync(path, 'r+');
  for (let at = 3 * 4096; at < statSync(path).size; at += 20 * 4096)
    writeSync(file, Buffer.alloc(4096, 7), 0, 4096, at);
  closeSync(file);
}

/** A process that opens a store, then writes to it, each at a word. */
function startOpener(path: string, name: string) {
  const child = spawn(process.execPath, [opener, path, name], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  return {
    said: async (): Promise<string | undefined> => (await lines.next()).value,
    goOn: () => child.stdin.write('\n'),
    ended: async () => (await ended)[0] as number,
  };
}

it('is set aside once when several windows find it damaged, and all of them go on in the fresh one', async () => {
  for (const round of [1, 2, 3]) {
    const path = join(folder, `damaged${round}.sqlite`);
    makeDamagedStore(path);
    const names = ['a', 'b', 'c'];
    const openers = names.map((name) => startOpener(path, name));
    await Promise.all(openers.map(({ said }) => said()));
    for (const { goOn } of openers) goOn();
    const said = await Promise.all(openers.map((one) => one.said()));
    for (const { goOn } of openers) goOn();
    expect(await Promise.all(openers.map(({ ended }) => ended()))).toEqual([0, 0, 0]);
    expect(said.toSorted()).toEqual(['opened', 'opened', 'set aside']);
    const { store } = openFeedbackStore(path, 0);
    expect(names.map((name) => store.find(name)?.record.id)).toEqual(names);
    store.close();
  }
});
