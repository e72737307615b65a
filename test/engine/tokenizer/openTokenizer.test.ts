import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openTokenizer } from '../../../src/engine/tokenizer/openTokenizer.ts';
import { engineFailure } from '../../support/engineFailure.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyTokenizerJson } from '../../support/tinyHuggingFace.ts';

const kept = 'tokenizer-parts-v2.bin';

const rows = 258;

function place(json: object = tinyTokenizerJson): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json));
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ eos_token: '</s>' }));
  return folder;
}

/** The tiny tokenizer with a and b changed for each other: as many bytes, other tokens. */
const { model } = tinyTokenizerJson;
const swapped = { ...tinyTokenizerJson, model: { ...model, vocab: { ...model.vocab, a: 1, b: 0 } } };

/** The tokens of a text, and whether `tokenizer.json` was read for it. */
async function encode(folder: string, size = rows): Promise<{ tokens: number[]; isParsed: boolean }> {
  const parse = vi.spyOn(JSON, 'parse');
  const tokenizer = await openTokenizer(folder, size);
  const isParsed = parse.mock.calls.length > 0;
  parse.mockRestore();
  return { tokens: tokenizer.encode('ab a'), isParsed };
}

describe('openTokenizer', () => {
  it('reads tokenizer.json once, and what it kept of it from then on', async () => {
    const folder = place();
    const tokens = [2, 3, 0];
    expect(await encode(folder)).toEqual({ tokens, isParsed: true });
    expect(await encode(folder)).toEqual({ tokens, isParsed: false });
    expect(readdirSync(folder).sort()).toEqual([kept, 'tokenizer.json', 'tokenizer_config.json'].sort());
  });

  it('knows the same of the tokens, read either way', async () => {
    const folder = place();
    const [parsed, read] = [await openTokenizer(folder, rows), await openTokenizer(folder, rows)];
    const bytes = Array.from({ length: rows }, (_, token) => [...read.bytesOf(token)]);
    expect(bytes).toEqual(Array.from({ length: rows }, (_, token) => [...parsed.bytesOf(token)]));
    expect(read.decode([2, 3, 257])).toBe('ab ');
    const facts = ({ vocabularySize, endOfText, stopTokens }: typeof read) => [
      vocabularySize,
      endOfText,
      stopTokens,
    ];
    expect(facts(read)).toEqual(facts(parsed));
  });

  it('refuses what was kept of another tokenizer', async () => {
    const [folder, other] = [place(), place(swapped)];
    await encode(other);
    writeFileSync(join(folder, kept), readFileSync(join(other, kept)));
    expect(await encode(folder)).toEqual({ tokens: [2, 3, 0], isParsed: true });
    expect(await encode(folder)).toEqual({ tokens: [2, 3, 0], isParsed: false });
  });

  it('refuses what was kept before tokenizer.json changed', async () => {
    const folder = place();
    await encode(folder);
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(swapped));
    expect(await encode(folder)).toEqual({ tokens: [2, 3, 1], isParsed: true });
  });

  it('refuses what was kept for a model of another size', async () => {
    const folder = place();
    await encode(folder);
    expect((await encode(folder, 300)).isParsed).toBe(true);
    expect((await openTokenizer(folder, 300)).bytesOf(299)).toHaveLength(0);
    expect((await engineFailure(openTokenizer(folder, 2))).reason).toBe('modelDamaged');
  });

  it.each([
    {
      what: 'with one bit turned',
      damage: (bytes: Buffer) => bytes.map((byte, i) => (i === 99 ? byte ^ 1 : byte)),
    },
    { what: 'cut off', damage: (bytes: Buffer) => bytes.subarray(0, 50) },
    { what: 'empty', damage: () => Buffer.alloc(0) },
  ])('makes anew what was kept and is $what', async ({ damage }) => {
    const folder = place();
    await encode(folder);
    writeFileSync(join(folder, kept), damage(readFileSync(join(folder, kept))));
    expect(await encode(folder)).toEqual({ tokens: [2, 3, 0], isParsed: true });
    expect(await encode(folder)).toEqual({ tokens: [2, 3, 0], isParsed: false });
  });

  it('does without where nothing can be kept', async () => {
    const folder = place();
    mkdirSync(join(folder, kept));
    expect(await encode(folder)).toEqual({ tokens: [2, 3, 0], isParsed: true });
    expect(await encode(folder)).toEqual({ tokens: [2, 3, 0], isParsed: true });
    expect(readdirSync(folder)).toHaveLength(3);
  });
});
