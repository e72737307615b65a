import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { asciiMask } from '../../../src/engine/tokenizer/asciiMask.ts';
import { ensureInt8Weights, int8Names, openInt8Weights } from '../../../src/engine/weights/int8Weights.ts';
import { headName, splitHeadNames, splitVocabulary } from '../../../src/engine/weights/splitHead.ts';
import type { StoredTensor } from '../../../src/engine/weights/storedTensor.ts';
import { FakeTokenizer } from '../../support/fakeTokenizer.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyConfig, writeTinyModel } from '../../support/tinyModel.ts';

it('counts a token as ASCII where all its bytes are, and special tokens', () => {
  const tokenizer = new FakeTokenizer({ merges: ['ab', 'aé'], hasFim: true });
  const isAscii = asciiMask(tokenizer);
  // The merges come behind the 256 bytes.
  const tokens = [65, 0x7f, 0x80, 255, 256, 257, tokenizer.endOfText, tokenizer.fim!.middle];
  expect(tokens.map((token) => isAscii[token])).toEqual([1, 1, 0, 0, 1, 0, 1, 1]);
});

it('splits a vocabulary of which a tenth or more is not ASCII', () => {
  const split = splitVocabulary(Uint8Array.of(1, 0, 1, 1, 0));
  expect(split && [[...split.ascii], [...split.other]]).toEqual([
    [0, 2, 3],
    [1, 4],
  ]);
  const mask = new Uint8Array(20).fill(1);
  mask[3] = 0;
  expect(splitVocabulary(mask)).toBeUndefined();
});

it('stores the same numbers as a head in one part does, each token in its part', async () => {
  const { config, weights } = await writeTinyModel({ ...tinyConfig, vocabularySize: 3000 });
  const mask = Uint8Array.from({ length: 3000 }, (_, token) => (token % 7 < 3 || token > 2000 ? 1 : 0));
  const split = splitVocabulary(mask)!;
  const made = async (source: object) => {
    const folder = temporaryFolder();
    const complete = { config, weightPath: weights.path, bits: 8 as const, ...source };
    await ensureInt8Weights(folder, complete, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    return (await openInt8Weights(folder, complete))!;
  };
  const [whole, parted] = [await made({}), await made({ split })];
  expect(whole.split).toBeUndefined();
  expect(parted.split).toEqual(split);
  expect(parted.tensors.has(int8Names.weight(headName))).toBe(false);
  const expected = columnsOf(whole.tensors, headName);
  for (const part of ['ascii', 'other'] as const) {
    const columns = columnsOf(parted.tensors, splitHeadNames[part]);
    expect(columns).toEqual(Array.from(split[part], (token) => expected[token]));
  }
});

/** Of each token its scale and its integers. */
function columnsOf(tensors: ReadonlyMap<string, StoredTensor>, name: string): number[][] {
  const bytesOf = ({ path, byteOffset, byteLength }: StoredTensor): Uint8Array =>
    Uint8Array.from(readFileSync(path).subarray(byteOffset, byteOffset + byteLength));
  const weight = tensors.get(int8Names.weight(name))!;
  const scales = new Float32Array(bytesOf(tensors.get(int8Names.scale(name))!).buffer);
  const integers = new Int8Array(bytesOf(weight).buffer);
  const [inner, out] = weight.shape as [number, number];
  return Array.from({ length: out }, (_, token) => [
    scales[token]!,
    ...Array.from({ length: inner }, (_, i) => integers[i * out + token]!),
  ]);
}
