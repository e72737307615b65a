import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  readSafetensors,
  readSafetensorsMetadata,
  safetensorsHeader,
} from '../../../src/engine/weights/safetensors.ts';
import { engineFailure } from '../../support/engineFailure.ts';
import { safetensorsBytes, withHeader } from '../../support/safetensorsBytes.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

function write(bytes: Uint8Array): string {
  const path = join(temporaryFolder(), 'model.safetensors');
  writeFileSync(path, bytes);
  return path;
}

describe('safetensors', () => {
  it('reads the tensors where they lie, in that order', async () => {
    const path = write(
      safetensorsBytes([
        { name: 'b', dtype: 'F32', shape: [2, 3], data: new Uint8Array(24) },
        { name: 'a', dtype: 'BF16', shape: [4], data: new Uint8Array(8) },
      ]),
    );
    const [first, second] = await readSafetensors(path);
    expect(first).toMatchObject({ name: 'b', shape: [2, 3], byteLength: 24, type: { name: 'F32' } });
    expect(second).toMatchObject({ name: 'a', byteOffset: first!.byteOffset + 24, type: { name: 'BF16' } });
  });

  it('writes headers it can read, with data from a page boundary on', async () => {
    const specs = [
      { name: 'x', shape: [3] },
      { name: 'y', shape: [2, 2] },
    ];
    const header = safetensorsHeader(specs, { base_sha256: '0a' });
    expect(header.length % 4096).toBe(0);
    const path = write(Buffer.concat([header, new Uint8Array(28)]));
    const [x, y] = await readSafetensors(path);
    expect(await readSafetensorsMetadata(path)).toEqual({ format: 'pt', base_sha256: '0a' });
    expect(x).toMatchObject({ name: 'x', byteOffset: header.length, byteLength: 12 });
    expect(y).toMatchObject({ name: 'y', byteOffset: header.length + 12, byteLength: 16 });
  });

  const entry = (data_offsets: number[], shape = [4]) =>
    JSON.stringify({ a: { dtype: 'F32', shape, data_offsets } });

  it.each([
    {
      what: 'a file too short for a header',
      bytes: Buffer.alloc(5),
      says: 'ends at byte 5 where 8 are needed',
    },
    {
      what: 'a header longer than the file',
      bytes: withHeader('{}').subarray(0, 9),
      says: 'claims 2 bytes in a file of 9',
    },
    { what: 'an absurd header length', bytes: Buffer.alloc(16, 0xff), says: 'in a file of 16' },
    { what: 'a header that is not JSON', bytes: withHeader('{"a":'), says: 'not a safetensors header' },
    { what: 'a header that is a list', bytes: withHeader('[1]'), says: 'not a safetensors header' },
    { what: 'a broken entry', bytes: withHeader('{"a": 1}'), says: "entry of 'a'" },
    {
      what: 'bytes that do not fit the shape',
      bytes: withHeader(entry([0, 8]), Buffer.alloc(16)),
      says: 'has 8 bytes where 16 are needed',
    },
    {
      what: 'data that is cut off',
      bytes: withHeader(entry([0, 16]), Buffer.alloc(10)),
      says: 'but the file has only',
    },
  ])('refuses $what as damaged', async ({ bytes, says }) => {
    const { reason, message } = await engineFailure(readSafetensors(write(bytes)));
    expect(reason).toBe('modelDamaged');
    expect(message).toContain(says);
  });

  it('refuses a type it does not know', async () => {
    const bytes = safetensorsBytes([{ name: 'a', dtype: 'F8_E4M3', shape: [4], data: new Uint8Array(4) }]);
    const { reason, message } = await engineFailure(readSafetensors(write(bytes)));
    expect(reason).toBe('modelUnsupported');
    expect(message).toContain(
      "tensor 'a' has the type F8_E4M3. Choose a folder of it that has only the types F32",
    );
  });

  it('says so when there is no file', async () => {
    expect((await engineFailure(readSafetensors('/nowhere/model.safetensors'))).reason).toBe('modelMissing');
  });
});
