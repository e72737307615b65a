import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findEntry } from '../../../src/engine/catalogue/catalogue.ts';
import { ensureModelFolder, type EnsureOptions } from '../../../src/engine/catalogue/ensureModelFolder.ts';
import { int8Names, type Int8Weights } from '../../../src/engine/weights/int8Weights.ts';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import type { ModelProgress } from '../../../src/engine/weights/progress.ts';
import { engineFailure } from '../../support/engineFailure.ts';
import { ggufBytes } from '../../support/ggufBytes.ts';
import type { RawTensor } from '../../support/safetensorsBytes.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyGguf } from '../../support/tinyGguf.ts';
import { asFloat32, tinyTensors, writeHuggingFace } from '../../support/tinyHuggingFace.ts';

/** Options for a cache of its own that reaches no network, and the phases that were reported. */
function setUp(): { options: EnsureOptions; cacheFolder: string; phases: ModelProgress['phase'][] } {
  const cacheFolder = temporaryFolder();
  const phases: ModelProgress['phase'][] = [];
  const options = {
    cacheFolder,
    sources: [],
    signal: new AbortController().signal,
    onProgress: ({ phase }: ModelProgress) => phases.push(phase),
  };
  return { options, cacheFolder, phases };
}

function writeGguf(): string {
  const path = join(temporaryFolder(), 'mine.gguf');
  writeFileSync(path, ggufBytes(tinyGguf()));
  return path;
}

function writeFolder(tensors = tinyTensors()): string {
  const folder = join(temporaryFolder(), 'mine');
  writeHuggingFace(folder, { 'model.safetensors': tensors });
  return folder;
}

/** The same tensor of float32 values twice as large. */
function doubled(tensor: RawTensor): RawTensor {
  const values = new Float32Array(tensor.data.buffer);
  return { ...tensor, data: new Uint8Array(values.map((value) => 2 * value).buffer) };
}

/** The scales of an output head in int8. */
function headScales({ path, tensors }: Int8Weights): number[] {
  const { byteOffset, byteLength } = tensors.get(int8Names.scale('lm_head.weight'))!;
  const bytes = Uint8Array.from(readFileSync(path).subarray(byteOffset, byteOffset + byteLength));
  return Array.from(new Float32Array(bytes.buffer));
}

describe('ensureModelFolder', () => {
  it.each([
    { what: 'a GGUF file', write: writeGguf },
    { what: 'a Hugging Face folder in bfloat16', write: () => writeFolder() },
  ])('converts $what once', async ({ write }) => {
    const { options, cacheFolder, phases } = setUp();
    const model = write();
    const folder = await ensureModelFolder(model, options);
    expect((await openModelFolder(folder)).config.family).toBe('llama');
    expect(phases).toContain('convert');
    phases.length = 0;
    expect(await ensureModelFolder(model, options)).toBe(folder);
    expect(phases).toEqual([]);
    expect(readdirSync(join(cacheFolder, 'folders'))).toHaveLength(1);
  });

  it('converts a file again that has changed', async () => {
    const { options } = setUp();
    const model = writeGguf();
    const before = await ensureModelFolder(model, options);
    utimesSync(model, 1, 1);
    expect(await ensureModelFolder(model, options)).not.toBe(before);
  });

  it('converts a file again of whose folder the weights were deleted', async () => {
    const { options, phases } = setUp();
    const model = writeGguf();
    const folder = await ensureModelFolder(model, options);
    rmSync(join(folder, 'model.safetensors'));
    phases.length = 0;
    expect(await ensureModelFolder(model, options)).toBe(folder);
    expect(phases).toContain('convert');
    expect((await openModelFolder(folder)).config.family).toBe('llama');
  });

  it('uses a float32 folder where it lies', async () => {
    const { options, cacheFolder } = setUp();
    const model = writeFolder(tinyTensors().map(asFloat32));
    expect(await ensureModelFolder(model, options)).toBe(model);
    expect(readdirSync(cacheFolder)).toEqual([]);
  });

  it('rounds weights again that were replaced in a float32 folder', async () => {
    const { options, phases } = setUp();
    const model = writeFolder(tinyTensors().map(asFloat32));
    await ensureModelFolder(model, options);
    const before = headScales((await openModelFolder(model)).int8Weights!);
    writeHuggingFace(model, { 'model.safetensors': tinyTensors().map(asFloat32).map(doubled) });
    expect((await openModelFolder(model)).int8Weights).toBeUndefined();
    await ensureModelFolder(model, options);
    const after = headScales((await openModelFolder(model)).int8Weights!);
    expect(after).toEqual(before.map((scale) => 2 * scale));
    phases.length = 0;
    await ensureModelFolder(model, options);
    // As in a copy of the folder.
    utimesSync(join(model, 'model.safetensors'), 1, 1);
    await ensureModelFolder(model, options);
    expect(phases).toEqual([]);
  });

  it('finds the converted folder of a catalogue model by its hash', async () => {
    const { options, cacheFolder } = setUp();
    const { id, sha256 } = findEntry('smollm2-135m')!;
    const folder = join(cacheFolder, 'folders', `${id}-${sha256.slice(0, 12)}-v1`);
    writeHuggingFace(folder, { 'model.safetensors': tinyTensors().map(asFloat32) });
    expect(await ensureModelFolder('smollm2-135m', options)).toBe(folder);
  });

  it('says what is missing when no source has a catalogue model', async () => {
    const { options } = setUp();
    const { reason, message } = await engineFailure(ensureModelFolder('smollm2-135m', options));
    expect(reason).toBe('downloadFailed');
    expect(message).toContain('smollm2-135m could not be had');
  });

  it('says what there is when a name is neither in the catalogue nor on the disk', async () => {
    const { reason, message } = await engineFailure(ensureModelFolder('gpt-5', setUp().options));
    expect(reason).toBe('modelMissing');
    expect(message).toContain("no model 'gpt-5'. Choose qwen2.5-coder-0.5b, smollm2-135m");
  });

  it('passes on what is wrong with a file, and keeps no folder of it', async () => {
    const { options, cacheFolder } = setUp();
    const model = writeGguf();
    writeFileSync(model, 'no GGUF at all');
    expect((await engineFailure(ensureModelFolder(model, options))).reason).toBe('modelUnsupported');
    expect(readdirSync(join(cacheFolder, 'folders'))).toEqual([]);
  });
});
