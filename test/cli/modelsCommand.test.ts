import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { catalogue } from '../../src/engine/catalogue/catalogue.ts';
import { findCachedModel } from '../../src/engine/catalogue/cachedModel.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { modelToConvert } from '../support/modelToConvert.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { attune } from './attune.ts';

beforeEach(() => {
  vi.stubEnv('ATTUNE_CACHE', temporaryFolder());
  return () => vi.unstubAllEnvs();
});

describe('models', () => {
  it('lists the catalogue with download sizes, and says that nothing is here yet', async () => {
    const { printed } = await attune(['models']);
    expect(printed.split('\n').slice(0, catalogue.length)).toEqual([
      '  qwen2.5-coder-0.5b        491 MB   to be fetched, the default',
      '  smollm2-135m               98 MB   to be fetched',
      '  qwen2.5-coder-1.5b       1117 MB   to be fetched',
    ]);
    expect(printed).toContain(`Models are kept in ${process.env['ATTUNE_CACHE']!}.`);
  });

  it('says which are here', async () => {
    const entry = catalogue.find(({ id }) => id === 'smollm2-135m')!;
    const folders = join(process.env['ATTUNE_CACHE']!, 'folders');
    mkdirSync(join(folders, `smollm2-135m-${entry.sha256.slice(0, 12)}-v1`), { recursive: true });
    expect((await attune(['models'])).printed).toContain('smollm2-135m               98 MB   here\n');
    expect(await findCachedModel(entry)).toMatch(/smollm2-135m/);
  });
});

describe('models fetch', () => {
  it('brings a model with progress and says where it is', async () => {
    const path = modelToConvert();
    const { printed, error, finished } = await attune(['models', 'fetch', path]);
    expect(error).toBeUndefined();
    const folder = printed.slice(`${path} is in `.length);
    expect(printed).toBe(`${path} is in ${folder}`);
    expect((await openModelFolder(folder)).config.layerCount).toBe(1);
    expect(finished).toEqual(['tiny.gguf']);
  });

  it('refuses a model that there is none of, and names those there are', async () => {
    const { error } = await attune(['models', 'fetch', 'gpt-17']);
    expect(error).toMatchObject({
      message: expect.stringMatching(/^There is no model 'gpt-17'\. Choose /) as string,
    });
  });

  it('refuses a file that is no model', async () => {
    const path = join(temporaryFolder(), 'no.gguf');
    writeFileSync(path, 'This is no model.');
    const { error, finished } = await attune(['models', 'fetch', path]);
    expect(error).toMatchObject({ name: 'EngineError' });
    expect(finished).toEqual(['no.gguf']);
  });

  it('ends cleanly when it is cancelled, and says that it can go on', async () => {
    const controller = new AbortController();
    controller.abort();
    const path = modelToConvert();
    const { error, finished } = await attune(['models', 'fetch', path], { signal: controller.signal });
    expect(error).toMatchObject({
      reason: 'cancelled',
      message: `Cancelled. What came of ${path} is kept: the same command goes on from there.`,
    });
    expect(finished).toEqual(['tiny.gguf']);
  });
});
