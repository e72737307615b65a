import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { predictSpeed } from '../../../src/engine/generation/predictSpeed.ts';
import { int8WeightBytes } from '../../../src/engine/weights/modelConfig.ts';
import { tinyConfig } from '../../support/tinyModel.ts';

const never = new AbortController().signal;

function standInFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('attune-speed-'));
}

it('times a stand-in, and leaves nothing of it', async () => {
  const before = standInFolders();
  const { promptTokensPerSecond, msPerToken } = await predictSpeed(tinyConfig, { threads: 1, signal: never });
  expect(promptTokensPerSecond).toBeGreaterThan(0);
  expect(msPerToken).toBeGreaterThan(0);
  expect(standInFolders()).toEqual(before);
});

it('ends when it is told to', async () => {
  const before = standInFolders();
  const end = new Error('enough');
  const timing = predictSpeed(tinyConfig, { threads: 1, signal: AbortSignal.abort(end) });
  await expect(timing).rejects.toBe(end);
  expect(standInFolders()).toEqual(before);
});

it('counts a byte for each number of the projections and of the output head', () => {
  const shape = {
    ...tinyConfig,
    layerCount: 2,
    embeddingSize: 10,
    headCount: 3,
    kvHeadCount: 1,
    headSize: 4,
  };
  // Queries and output 2 * 12, keys and values 2 * 4, gate, up and down 3 * 7; the head has 50 rows.
  expect(int8WeightBytes({ ...shape, feedForwardSize: 7, vocabularySize: 50 })).toBe(
    10 * (2 * (24 + 8 + 21) + 50),
  );
});
