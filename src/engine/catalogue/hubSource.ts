import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sentence } from '../../sentences/sentence.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { sourceFailed } from './catalogueErrors.ts';
import type { DownloadOptions, ModelSource } from './modelSource.ts';
import { makeWatchdog } from './watchdog.ts';

/** What the hub source needs of `fetch`. */
export type FetchFile = (
  address: string,
  options: { headers: Record<string, string>; signal: AbortSignal },
) => Promise<Response>;

/** How long the hub source waits. */
export interface HubPatience {
  readonly answerMs: number;
  readonly stallMs: number;
}

const usualPatience: HubPatience = {
  // A network without the hub must be noticed before anybody wonders; even a far hub answers within this.
  answerMs: 5_000,
  // A download that stands still this long does not go on by itself.
  stallMs: 30_000,
};

/**
 * Hugging Face, over HTTPS, or the mirror that `HF_ENDPOINT` names as for its own tools. An interrupted download goes
 * on at the byte where it ended.
 */
export function hubSource(fetchFile: FetchFile = fetch, patience = usualPatience): ModelSource {
  return {
    get name() {
      const mirror = mirrorAddress();
      return mirror === undefined ? 'Hugging Face' : hostOf(mirror);
    },
    diskBytes: (entry) => entry.bytes,
    download: async (entry, workFolder, options) => {
      const path = join(workFolder, 'hub.part');
      const haveBytes = await usableBytes(path, entry.bytes);
      if (haveBytes < entry.bytes) {
        await fetchRest(entry, { path, haveBytes }, { ...options, fetchFile, patience });
      }
      return path;
    },
  };
}

/** How much an earlier download left; a file that is too long belongs to something else. */
async function usableBytes(path: string, wholeBytes: number): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (found.size <= wholeBytes) return found.size;
  await rm(path);
  return 0;
}

interface HubOptions extends DownloadOptions {
  readonly fetchFile: FetchFile;
  readonly patience: HubPatience;
}

async function fetchRest(
  entry: CatalogueEntry,
  part: { path: string; haveBytes: number },
  options: HubOptions,
): Promise<void> {
  const { answerMs, stallMs } = options.patience;
  const watchdog = makeWatchdog();
  const signal = AbortSignal.any([options.signal, watchdog.signal]);
  try {
    watchdog.expect(answerMs, sentence`it did not answer within ${answerMs / 1000} s`);
    const response = await options.fetchFile(addressOf(entry), {
      headers: headersFor(part.haveBytes),
      signal,
    });
    const startBytes = startOf(response, part.haveBytes);
    const onChunk = (doneBytes: number) => {
      watchdog.expect(stallMs, sentence`nothing came for ${stallMs / 1000} s`);
      options.onProgress({ phase: 'download', doneBytes, totalBytes: entry.bytes });
    };
    const file = createWriteStream(part.path, { flags: startBytes === 0 ? 'w' : 'a', flush: true });
    await pipeline(readBody(response, startBytes, onChunk), file, { signal });
  } catch (error) {
    options.signal.throwIfAborted();
    watchdog.signal.throwIfAborted();
    throw error;
  } finally {
    watchdog.stop();
  }
}

function addressOf({ hub, fileName }: CatalogueEntry): string {
  const endpoint = mirrorAddress()?.replace(/\/+$/, '') ?? 'https://huggingface.co';
  return `${endpoint}/${hub.repository}/resolve/${hub.revision}/${fileName}`;
}

/** Where a mirror is; undefined where none is named. */
function mirrorAddress(): string | undefined {
  const { HF_ENDPOINT: mirror = '' } = process.env;
  return mirror === '' ? undefined : mirror;
}

/** The host of an address; what is no address, as a whole. */
function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

function headersFor(haveBytes: number): Record<string, string> {
  return haveBytes === 0 ? {} : { Range: `bytes=${haveBytes}-` };
}

/** Where in the file the answer starts: a server may send the whole file though asked for the rest. */
function startOf(response: Response, haveBytes: number): number {
  if (response.status === 200) return 0;
  const range = response.headers.get('content-range') ?? '';
  if (response.status === 206 && range.startsWith(`bytes ${haveBytes}-`)) return haveBytes;
  const status = `${response.status} ${response.statusText}`.trimEnd();
  throw sourceFailed(sentence`it answered with HTTP status ${status}`);
}

/** The chunks of an answer, each reported by where in the file it ends. */
async function* readBody(response: Response, startBytes: number, onChunk: (doneBytes: number) => void) {
  let doneBytes = startBytes;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    doneBytes += bytes.length;
    onChunk(doneBytes);
    yield bytes;
  }
}
