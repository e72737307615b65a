import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bytesToDownload,
  cachedFile,
  convertedFolder,
  keyOf,
} from '../../../src/engine/catalogue/cachedModel.ts';
import { catalogue } from '../../../src/engine/catalogue/catalogue.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const entry = catalogue[0]!;

/** A cache with files of a converted model. */
function cacheWithFolder(names: readonly string[]): string {
  const cacheFolder = temporaryFolder();
  const folder = convertedFolder(cacheFolder, keyOf(entry));
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), '');
  return cacheFolder;
}

/** A cache with the model's file, of some size; it has no blocks on the disk. */
function cacheWithFile(bytes: number): string {
  const cacheFolder = temporaryFolder();
  const path = cachedFile(entry, cacheFolder);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  truncateSync(path, bytes);
  return cacheFolder;
}

const all = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];

describe('bytesToDownload', () => {
  it.each([
    ['the whole file where the cache is empty', temporaryFolder, entry.bytes],
    ['nothing where the model is converted', () => cacheWithFolder(all), 0],
    ['the whole file where a file of the folder is gone', () => cacheWithFolder(all.slice(1)), entry.bytes],
    ['nothing where the file has come', () => cacheWithFile(entry.bytes), 0],
    ['the whole file where another lies in its place', () => cacheWithFile(entry.bytes - 1), entry.bytes],
  ])('is %s', async (_, makeCache, bytes) => {
    expect(await bytesToDownload(entry.id, makeCache())).toBe(bytes);
  });

  it('is nothing for a path, whatever lies there', async () => {
    expect(await bytesToDownload('/models/mine.gguf', temporaryFolder())).toBe(0);
  });
});
