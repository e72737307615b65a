import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { tensorTypeNamed, tensorTypes } from '../../../src/engine/weights/dequantise.ts';
import { bytesOfValues } from '../../../src/engine/weights/storedTensor.ts';

const base64 = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const golden = z
  .object({
    cases: z.array(z.object({ type: z.string(), number: z.number(), stored: base64, float32: base64 })),
  })
  .parse(JSON.parse(readFileSync(new URL('../../golden/dequantise.json', import.meta.url), 'utf8')));

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer);
}

describe('dequantise', () => {
  it.each(golden.cases)('gives the float32 bits of the Python gguf package for $type', (row) => {
    const type = tensorTypes.get(row.number)!;
    const values = new Float32Array(row.float32.length / 4);
    type.dequantise(row.stored, values);
    expect(type.name).toBe(row.type);
    expect(bitsOf(values)).toEqual(new Uint32Array(row.float32.buffer));
  });

  it.each(golden.cases)('knows how many bytes a $type tensor takes', ({ type, stored, float32 }) => {
    expect(bytesOfValues(tensorTypeNamed(type)!, float32.length / 4)).toBe(stored.length);
  });

  it('has a golden case for every type', () => {
    expect(golden.cases.map((row) => row.number).sort()).toEqual([...tensorTypes.keys()].sort());
  });
});
