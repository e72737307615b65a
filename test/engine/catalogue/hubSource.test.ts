import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { hubSource, type FetchFile } from '../../../src/engine/catalogue/hubSource.ts';
import { isAbort } from '../../../src/engine/invariant.ts';
import type { ModelProgress } from '../../../src/engine/weights/progress.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyContent, tinyEntry } from '../../support/tinyEntry.ts';

const quiet = { signal: new AbortController().signal, onProgress: () => undefined };

/** A hub that answers as real ones do, in chunks of 10 bytes, and remembers what it was asked. */
function fakeHub({ knowsRanges = true } = {}) {
  const asked: { address: string; range: string | undefined }[] = [];
  const fetchFile: FetchFile = (address, { headers }) => {
    const range = headers['Range'];
    asked.push({ address, range });
    const start = knowsRanges && range !== undefined ? Number(/bytes=(\d+)-/.exec(range)![1]) : 0;
    const contentRange = `bytes ${start}-${tinyContent.length - 1}/${tinyContent.length}`;
    const status = start === 0 ? 200 : 206;
    return Promise.resolve(
      new Response(chunked(tinyContent.subarray(start)), {
        status,
        headers: { 'content-range': contentRange },
      }),
    );
  };
  return { asked, fetchFile };
}

function chunked(
  bytes: Uint8Array,
  onDone: (controller: ReadableStreamDefaultController) => void | Promise<void> = (c) => c.close(),
): ReadableStream {
  let sent = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (sent >= bytes.length) return onDone(controller);
      controller.enqueue(bytes.slice(sent, (sent += 10)));
    },
  });
}

/** A work folder in which an earlier download left these bytes. */
function workFolder(left?: Uint8Array): string {
  const folder = temporaryFolder();
  if (left !== undefined) writeFileSync(join(folder, 'hub.part'), left);
  return folder;
}

describe('hubSource', () => {
  it('downloads the pinned revision and reports every chunk', async () => {
    const hub = fakeHub();
    const seen: ModelProgress[] = [];
    const onProgress = (progress: ModelProgress) => seen.push(progress);
    const path = await hubSource(hub.fetchFile).download(tinyEntry, workFolder(), { ...quiet, onProgress });
    expect(readFileSync(path)).toEqual(tinyContent);
    expect(hub.asked).toEqual([
      { address: 'https://huggingface.co/someone/tiny/resolve/abc/tiny.gguf', range: undefined },
    ]);
    expect(seen.map(({ doneBytes }) => doneBytes)).toEqual([10, 20, 30, 40, 43]);
  });

  it.each(['https://mirror.example/hub', 'https://mirror.example/hub/'])(
    'asks the mirror that HF_ENDPOINT names: %s',
    async (mirror) => {
      vi.stubEnv('HF_ENDPOINT', mirror);
      const hub = fakeHub();
      await hubSource(hub.fetchFile).download(tinyEntry, workFolder(), quiet);
      expect(hub.asked[0]?.address).toBe('https://mirror.example/hub/someone/tiny/resolve/abc/tiny.gguf');
    },
  );

  it.each([
    ['', 'Hugging Face'],
    ['https://mirror.example/hub', 'mirror.example'],
    ['mirror.example', 'mirror.example'],
  ])('is named by whom it asks where HF_ENDPOINT is "%s"', (mirror, name) => {
    vi.stubEnv('HF_ENDPOINT', mirror);
    expect(hubSource().name).toBe(name);
  });

  it.each([
    {
      what: 'goes on where an earlier download ended',
      left: tinyContent.subarray(0, 25),
      ranges: ['bytes=25-'],
    },
    { what: 'asks for nothing when all is there', left: tinyContent, ranges: [] },
    { what: 'starts again when too much is there', left: Buffer.alloc(50), ranges: [undefined] },
  ])('$what', async ({ left, ranges }) => {
    const hub = fakeHub();
    const path = await hubSource(hub.fetchFile).download(tinyEntry, workFolder(left), quiet);
    expect(readFileSync(path)).toEqual(tinyContent);
    expect(hub.asked.map(({ range }) => range)).toEqual(ranges);
  });

  it('takes the whole file from a server that knows no ranges', async () => {
    const hub = fakeHub({ knowsRanges: false });
    const path = await hubSource(hub.fetchFile).download(tinyEntry, workFolder(Buffer.alloc(25)), quiet);
    expect(readFileSync(path)).toEqual(tinyContent);
  });

  it.each([
    {
      what: 'an error page',
      response: new Response('gone', { status: 404, statusText: 'Not Found' }),
      says: 'HTTP status 404 Not Found',
    },
    {
      what: 'another range than asked',
      response: new Response('x', { status: 206, headers: { 'content-range': 'bytes 7-7/43' } }),
      says: 'HTTP status 206',
    },
  ])('refuses $what', async ({ response, says }) => {
    const work = hubSource(() => Promise.resolve(response)).download(tinyEntry, workFolder(), quiet);
    await expect(work).rejects.toThrow(says);
  });

  /** Sends 20 bytes and then nothing, until the request is given up. */
  const stalling: FetchFile = (_, { signal }) => {
    const wait = (controller: ReadableStreamDefaultController) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          controller.error(signal.reason);
          resolve();
        });
      });
    return Promise.resolve(new Response(chunked(tinyContent.subarray(0, 20), wait)));
  };

  const silent: FetchFile = (_, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

  it('keeps what came when it is cancelled', async () => {
    const folder = workFolder();
    const part = join(folder, 'hub.part');
    const controller = new AbortController();
    const work = hubSource(stalling).download(tinyEntry, folder, { ...quiet, signal: controller.signal });
    const ended = expect(work).rejects.toSatisfy(isAbort);
    await vi.waitFor(() => expect(statSync(part).size).toBe(20), { interval: 5 });
    controller.abort();
    await ended;
    expect(readFileSync(part)).toEqual(tinyContent.subarray(0, 20));
  });

  it.each([
    { what: 'a hub that does not answer', fetchFile: silent, says: 'did not answer within 0.02 s' },
    { what: 'a download that stands still', fetchFile: stalling, says: 'nothing came for 0.03 s' },
  ])('gives up on $what', async ({ fetchFile, says }) => {
    const source = hubSource(fetchFile, { answerMs: 20, stallMs: 30 });
    await expect(source.download(tinyEntry, workFolder(), quiet)).rejects.toThrow(says);
  });
});
