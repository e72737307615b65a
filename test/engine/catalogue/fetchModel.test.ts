import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchModel, type FetchOptions } from '../../../src/engine/catalogue/fetchModel.ts';
import type { ModelSource } from '../../../src/engine/catalogue/modelSource.ts';
import { isAbort } from '../../../src/engine/invariant.ts';
import { engineFailure } from '../../support/engineFailure.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyContent, tinyEntry } from '../../support/tinyEntry.ts';

/** A source that brings that content, or fails with that error, and counts how often it was asked. */
function fakeSource(name: string, result: Uint8Array | Error) {
  const source = {
    name,
    asked: 0,
    diskBytes: () => 43,
    download: async (_entry: unknown, workFolder: string) => {
      source.asked++;
      await Promise.resolve();
      if (result instanceof Error) throw result;
      const path = join(workFolder, name);
      writeFileSync(path, result);
      return path;
    },
  } satisfies ModelSource & { asked: number };
  return source;
}

function optionsWith(change: Partial<FetchOptions> = {}): FetchOptions {
  return {
    cacheFolder: temporaryFolder(),
    sources: [],
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...change,
  };
}

function cachePath({ cacheFolder }: FetchOptions): string {
  return join(cacheFolder, 'files', 'tiny.gguf');
}

function putInCache(options: FetchOptions, content: Uint8Array | string): void {
  mkdirSync(dirname(cachePath(options)), { recursive: true });
  writeFileSync(cachePath(options), content);
}

describe('fetchModel', () => {
  it('brings the file from the first source that has it, and leaves nothing else', async () => {
    const first = fakeSource('first', new Error('unreachable'));
    const second = fakeSource('second', tinyContent);
    const third = fakeSource('third', tinyContent);
    const options = optionsWith({ sources: [first, second, third] });
    const path = await fetchModel(tinyEntry, options);
    expect(path).toBe(cachePath(options));
    expect(readFileSync(path)).toEqual(tinyContent);
    expect([first.asked, second.asked, third.asked]).toEqual([1, 1, 0]);
    expect(readdirSync(dirname(path))).toEqual(['tiny.gguf']);
  });

  it('asks no source for what is in the cache', async () => {
    const source = fakeSource('hub', new Error('must not be asked'));
    const options = optionsWith({ sources: [source] });
    putInCache(options, tinyContent);
    expect(await fetchModel(tinyEntry, options)).toBe(cachePath(options));
    expect(source.asked).toBe(0);
  });

  it("uses the user's own file where it lies", async () => {
    const ownFile = join(temporaryFolder(), 'mine.gguf');
    writeFileSync(ownFile, tinyContent);
    const options = optionsWith({ ownFile });
    expect(await fetchModel(tinyEntry, options)).toBe(ownFile);
    expect(readdirSync(options.cacheFolder)).toEqual([]);
  });

  it("refuses the user's own file when it is another one, and does not touch it", async () => {
    const ownFile = join(temporaryFolder(), 'mine.gguf');
    writeFileSync(ownFile, 'something else');
    const { reason, message } = await engineFailure(fetchModel(tinyEntry, optionsWith({ ownFile })));
    expect(reason).toBe('modelDamaged');
    expect(message).toContain('it has 14 bytes where 43 are expected. Choose another file');
    expect(existsSync(ownFile)).toBe(true);
  });

  it("says so when the user's own file is not there", async () => {
    const failure = await engineFailure(
      fetchModel(tinyEntry, optionsWith({ ownFile: '/nowhere/mine.gguf' })),
    );
    expect(failure.reason).toBe('modelMissing');
  });

  it('moves a wrong file out of the cache and brings the right one', async () => {
    const options = optionsWith({ sources: [fakeSource('hub', tinyContent)] });
    putInCache(options, 'wrong');
    const path = await fetchModel(tinyEntry, options);
    expect(readFileSync(path)).toEqual(tinyContent);
    expect(readFileSync(`${path}.wrong`, 'utf8')).toBe('wrong');
  });

  it('refuses a wrong file from one source and asks the next', async () => {
    const options = optionsWith({
      sources: [fakeSource('mirror', Buffer.alloc(43)), fakeSource('hub', tinyContent)],
    });
    const path = await fetchModel(tinyEntry, options);
    expect(readFileSync(path)).toEqual(tinyContent);
    expect(readdirSync(dirname(path)).sort()).toEqual(['tiny.gguf', 'tiny.gguf.wrong']);
  });

  it('says of every source why it could not bring the file, and what to do', async () => {
    const cause = new Error('connect ECONNREFUSED');
    const options = optionsWith({
      sources: [
        fakeSource('hub', new TypeError('fetch failed', { cause })),
        fakeSource('packages', Buffer.from('x')),
      ],
    });
    const { reason, message } = await engineFailure(fetchModel(tinyEntry, options));
    expect(reason).toBe('downloadFailed');
    expect(message).toContain(
      'Tried the cache: it is not there; hub: connect ECONNREFUSED; packages: it has 1 bytes',
    );
    expect(message).toContain(`bring tiny.gguf (SHA-256 ${tinyEntry.sha256}) by other means`);
    expect(existsSync(cachePath(options))).toBe(false);
  });

  it('lets one of two callers download while the other waits', async () => {
    const source = fakeSource('hub', tinyContent);
    const options = optionsWith({ sources: [source] });
    const paths = await Promise.all([fetchModel(tinyEntry, options), fetchModel(tinyEntry, options)]);
    expect(paths).toEqual([cachePath(options), cachePath(options)]);
    expect(source.asked).toBe(1);
  });

  it('keeps what a failed download brought', async () => {
    const broken: ModelSource = {
      ...fakeSource('hub', tinyContent),
      download: (_, workFolder) => {
        writeFileSync(join(workFolder, 'half'), 'half');
        return Promise.reject(new Error('cut off'));
      },
    };
    const options = optionsWith({ sources: [broken] });
    await engineFailure(fetchModel(tinyEntry, options));
    expect(readdirSync(`${cachePath(options)}.work`)).toEqual(['half']);
  });

  it('asks no other source when the disk is full', async () => {
    const other = fakeSource('other', tinyContent);
    const sources = [fakeSource('hub', tinyContent), other];
    const options = optionsWith({ sources, freeBytes: () => Promise.resolve(42) });
    expect((await engineFailure(fetchModel(tinyEntry, options))).reason).toBe('diskFull');
    expect(other.asked).toBe(0);
  });

  it('asks no other source when it is cancelled', async () => {
    const controller = new AbortController();
    const other = fakeSource('other', tinyContent);
    const cancelling: ModelSource = {
      ...fakeSource('hub', tinyContent),
      download: () => {
        controller.abort();
        return Promise.reject(new Error('some consequence'));
      },
    };
    const options = optionsWith({ sources: [cancelling, other], signal: controller.signal });
    await expect(fetchModel(tinyEntry, options)).rejects.toSatisfy(isAbort);
    expect(other.asked).toBe(0);
  });
});
