import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/engine/random.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { loadCheckpoint } from '../../src/trainer/checkpoint.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { bitsOf, tinyAdapter, tinyFit } from './adapterFixture.ts';

/** Starts the writer, lets it write `waitMs` from its first word on, kills it, and gives what it said was kept. */
async function killedAfter(folder: string, firstNumber: number, waitMs: number): Promise<string[]> {
  const script = join(import.meta.dirname, 'endlessWriter.ts');
  const child = spawn(process.execPath, [script, folder, String(firstNumber)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    if (said === '') setTimeout(() => child.kill('SIGKILL'), waitMs);
    said += bytes.toString();
  });
  await once(child, 'close');
  return said.split('\n').slice(0, -1);
}

describe('a writer that is killed at any moment', () => {
  it('loses nothing that was kept and never leaves a half adapter or checkpoint', async () => {
    const folder = temporaryFolder();
    const store = new AdapterStore(join(folder, 'adapters'));
    const random = RandomStream.named(1, 'test/kill');
    const kept: string[] = [];
    for (let round = 0; round < 12; round++) {
      kept.push(...(await killedAfter(folder, round * 1000, random.nextBelow(60))));
      const entries = await store.list();
      expect(entries.filter(({ kind }) => kind === 'damaged')).toEqual([]);
      const ids = entries.map(({ id }) => id);
      const keptIds = kept
        .filter((line) => line.startsWith('adapter '))
        .map((line) => line.slice('adapter '.length));
      expect(ids).toEqual(expect.arrayContaining(keptIds));
      expect(ids.length - keptIds.length).toBeLessThanOrEqual(round + 1);
      for (const id of ids.slice(-2)) {
        expect(bitsOf((await store.load(id, tinyFit)).theta)).toEqual(bitsOf(tinyAdapter(id).theta));
      }
      const serving = await store.serving();
      expect(serving.problem).toBeUndefined();
      expect(serving.adapterId! >= keptIds.at(-1)!).toBe(true);
      const checkpoint = await loadCheckpoint(join(folder, 'checkpoint'));
      const keptSteps = kept
        .filter((line) => line.startsWith('checkpoint '))
        .map((line) => Number(line.split(' ')[1]));
      expect(checkpoint?.progress.step ?? -1).toBeGreaterThanOrEqual(keptSteps.at(-1) ?? -1);
      if (checkpoint !== undefined) {
        expect(checkpoint.vectors['theta']!.every((value) => value === checkpoint.progress.step)).toBe(true);
      }
    }
    expect(kept.length).toBeGreaterThan(12);
  });
});
