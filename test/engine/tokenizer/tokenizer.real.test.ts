import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ensureModelFolder } from '../../../src/engine/catalogue/ensureModelFolder.ts';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';

function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../golden/${name}`, import.meta.url), 'utf8'));
}

const texts = z.array(z.string()).parse(readGolden('tokenizer_texts.json'));
const { models } = z
  .object({ models: z.record(z.string(), z.array(z.array(z.number()))) })
  .parse(readGolden('tokenizer_ids.json'));

const options = { signal: new AbortController().signal, onProgress: () => undefined };

describe.each(Object.entries(models))('the tokenizer of %s', (id, golden) => {
  it('gives the tokens of the tokenizers library, and the text back', async () => {
    const { tokenizer } = await openModelFolder(await ensureModelFolder(id, options));
    expect(texts.map((text) => tokenizer.encode(text))).toEqual(golden);
    expect(golden.map((tokens) => tokenizer.decode(tokens))).toEqual(texts);
  });
});
