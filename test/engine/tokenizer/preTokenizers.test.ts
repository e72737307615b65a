import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { bytesOfSpelling } from '../../../src/engine/tokenizer/byteAlphabet.ts';
import {
  byteLevel,
  preTokenizerJsonSchema,
  preTokenizers,
  splitBy,
  withExplicitPatterns,
} from '../../../src/engine/tokenizer/preTokenizers.ts';

/** The pieces a text is cut into by pre-tokenizers as they stand in `tokenizer.json`. */
function cut(json: unknown, text: string): string[] {
  const pre_tokenizer = withExplicitPatterns(preTokenizerJsonSchema.parse(json));
  const model = { type: 'BPE', vocab: {}, merges: [] };
  const rest = { added_tokens: [], normalizer: null, post_processor: null, decoder: null };
  const tokenizer = new Tokenizer({ ...rest, pre_tokenizer, model }, {});
  const pieces = tokenizer.pre_tokenizer!.pre_tokenize([text]);
  return pieces.map((piece) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOfSpelling(piece)));
}

function cutByName(name: string, text: string): string[] {
  const { patterns } = preTokenizers.get(name)!;
  return cut({ type: 'Sequence', pretokenizers: [...patterns.map(splitBy), byteLevel] }, text);
}

describe('preTokenizers', () => {
  it.each([
    { name: 'qwen2', text: 'x = 123;\n\n  y', pieces: ['x', ' =', ' ', '1', '2', '3', ';\n\n', ' ', ' y'] },
    { name: 'qwen2', text: "DON'T (foo)", pieces: ['DON', "'T", ' (', 'foo', ')'] },
    { name: 'qwen2', text: 'a.b\t\tc', pieces: ['a', '.b', '\t', '\tc'] },
    { name: 'llama-bpe', text: 'x = 12345', pieces: ['x', ' =', ' ', '123', '45'] },
    { name: 'smollm', text: 'x = 123;\n\n  y', pieces: ['x', ' =', ' ', '1', '2', '3', ';', '\n\n ', ' y'] },
    { name: 'smollm', text: "DON'T don't", pieces: ['DON', "'", 'T', ' don', "'t"] },
    { name: 'gpt-2', text: 'x = 123', pieces: ['x', ' =', ' 123'] },
    { name: 'default', text: 'x = 123', pieces: ['x', ' =', ' 123'] },
  ])('cuts as $name does: $text', ({ name, text, pieces }) => {
    expect(cutByName(name, text)).toEqual(pieces);
  });

  it.each([...preTokenizers.keys()])('loses nothing of any text (%s)', (name) => {
    const text = "\ufeffit's\r\n\t 12 ١٢ é e\u0301 日本語 🙂 \u0085\u3000 <|x|>\n\n  ";
    expect(cutByName(name, text).join('')).toBe(text);
  });
});

describe('withExplicitPatterns', () => {
  const byteLevelStep = { type: 'ByteLevel', add_prefix_space: false, use_regex: true };

  it('takes a byte order mark for a sign, not for white space', () => {
    expect(cut(byteLevelStep, '\ufeff  using')).toEqual(['\ufeff', ' ', ' using']);
  });

  it('knows the digits of all scripts', () => {
    const digits = { type: 'Digits', individual_digits: true };
    const steps = { type: 'Sequence', pretokenizers: [digits, { ...byteLevelStep, use_regex: false }] };
    expect(cut(steps, 'a12١٢')).toEqual(['a', '1', '2', '١', '٢']);
  });

  it('keeps runs of digits where the file does', () => {
    const steps = {
      type: 'Sequence',
      pretokenizers: [{ type: 'Digits' }, { ...byteLevelStep, use_regex: false }],
    };
    expect(cut(steps, 'a12١٢')).toEqual(['a', '12١٢']);
  });

  it('puts no blank before a text', () => {
    expect(cut({ ...byteLevelStep, add_prefix_space: true }, 'a')).toEqual(['a']);
  });

  it.each([
    { type: 'Metaspace' },
    { type: 'Sequence', pretokenizers: [byteLevelStep, { type: 'Digits' }] },
    { type: 'Sequence', pretokenizers: [] },
    null,
  ])('refuses %j', (json) => {
    expect(preTokenizerJsonSchema.safeParse(json).success).toBe(false);
  });
});
