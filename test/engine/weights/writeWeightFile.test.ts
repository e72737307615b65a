import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ensureInt8Weights,
  openInt8Weights,
  type Int8Source,
} from '../../../src/engine/weights/int8Weights.ts';
import type { ModelProgress } from '../../../src/engine/weights/progress.ts';
import { writeTinyModel } from '../../support/tinyModel.ts';

const fileName = 'serving-int8-v3.safetensors';

/** The weights of a tiny model alone in their folder, and how often a file was made of them. */
async function setUp() {
  const { config, weights } = await writeTinyModel();
  const folder = dirname(weights.path);
  const source: Int8Source = { config, weightPath: weights.path, bits: 8 };
  let timesMade = 0;
  const onProgress = ({ doneBytes, totalBytes }: ModelProgress): void => {
    if (doneBytes === totalBytes) timesMade++;
  };
  const ensure = () =>
    ensureInt8Weights(folder, source, { signal: new AbortController().signal, onProgress });
  return { folder, source, path: join(folder, fileName), ensure, timesMade: () => timesMade };
}

describe('weights in another precision', () => {
  it('are made once, whoever asks at the same time', async () => {
    const { ensure, folder, timesMade } = await setUp();
    await Promise.all([ensure(), ensure(), ensure()]);
    await ensure();
    expect(timesMade()).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(['model.safetensors', fileName]);
  });

  it('take the place of what an earlier version of Attune made', async () => {
    const { ensure, folder } = await setUp();
    writeFileSync(join(folder, 'serving-int8-v2.safetensors'), 'of another form');
    await ensure();
    expect(readdirSync(folder).sort()).toEqual(['model.safetensors', fileName]);
  });

  it('take the place of what a killed process left of them, and of nothing else', async () => {
    const { ensure, folder } = await setUp();
    const others = `other.safetensors.part-${randomUUID()}`;
    for (const name of [`${fileName}.part-${randomUUID()}`, others])
      writeFileSync(join(folder, name), 'half a file');
    await ensure();
    expect(readdirSync(folder).sort()).toEqual(['model.safetensors', others, fileName]);
  });

  it.each([
    { what: 'is empty', keptBytes: () => 0 },
    { what: 'was cut in its header', keptBytes: () => 100 },
    { what: 'was cut in its numbers', keptBytes: (bytes: number) => bytes - 1 },
  ])('are made again where their file $what', async ({ keptBytes }) => {
    const { ensure, folder, source, path } = await setUp();
    await ensure();
    const sound = readFileSync(path);
    truncateSync(path, keptBytes(sound.length));
    expect(await openInt8Weights(folder, source)).toBeUndefined();
    await ensure();
    expect(readFileSync(path).equals(sound)).toBe(true);
  });
});
