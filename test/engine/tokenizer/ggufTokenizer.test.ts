import { describe, expect, it } from 'vitest';
import { ggufTokenizer } from '../../../src/engine/tokenizer/ggufTokenizer.ts';
import { engineFailure } from '../../support/engineFailure.ts';
import type { GgufValue } from '../../support/ggufBytes.ts';
import { parseTokenizer } from '../../support/parseTokenizer.ts';
import { tinyGguf, tinyToken, tinyTokens } from '../../support/tinyGguf.ts';

function open(metadata: Readonly<Record<string, GgufValue>> = {}) {
  const texts = ggufTokenizer(tinyGguf({ metadata }).metadata, 'model.gguf');
  const tokenizerJson: unknown = JSON.parse(texts.tokenizerJson);
  const tokenizerConfigJson: unknown = JSON.parse(texts.tokenizerConfigJson);
  return parseTokenizer({ tokenizerJson, tokenizerConfigJson, path: 'tokenizer.json' }, tinyTokens.length);
}

const spell = (...spellings: string[]) => spellings.map(tinyToken);

describe('ggufTokenizer', () => {
  it.each([
    { what: 'merges', text: 'in t in', tokens: spell('in', 'Ġt', 'Ġin') },
    { what: 'single digits of qwen2', text: '12', tokens: spell('1', '2') },
    { what: 'bytes without a merge', text: 'é\t', tokens: spell('Ã', '©', 'ĉ') },
    { what: 'a token the user defined', text: 'a<tool_call>b', tokens: spell('a', '<tool_call>', 'b') },
    { what: 'a special token as plain text', text: '<|im_end|>', tokens: spell(...Array.from('<|im_end|>')) },
    { what: 'an unused token as plain text', text: '[PAD]', tokens: spell(...Array.from('[PAD]')) },
  ])('encodes $what', ({ text, tokens }) => {
    expect(open().encode(text)).toEqual(tokens);
  });

  it('merges digits where the pre-tokenizer keeps them together', () => {
    expect(open({ 'tokenizer.ggml.pre': 'llama-bpe' }).encode('12')).toEqual(spell('12'));
  });

  it('takes a file that names no pre-tokenizer for GPT-2', () => {
    const named = Object.entries(tinyGguf().metadata).filter(([key]) => key !== 'tokenizer.ggml.pre');
    expect(ggufTokenizer(Object.fromEntries(named), 'model.gguf').tokenizerJson).toContain(
      String.raw`'s|'t|'re`,
    );
  });

  it('finds the tokens with a meaning', () => {
    const tokenizer = open();
    expect(tokenizer.endOfText).toBe(tinyToken('<|endoftext|>'));
    expect(tokenizer.fim).toEqual({
      prefix: tinyToken('<|fim_prefix|>'),
      suffix: tinyToken('<|fim_suffix|>'),
      middle: tinyToken('<|fim_middle|>'),
    });
  });

  it.each([
    {
      what: 'an unknown pre-tokenizer',
      metadata: { 'tokenizer.ggml.pre': 'viking' },
      reason: 'modelUnsupported',
      says: "'viking'",
    },
    {
      what: 'another kind of tokenizer',
      metadata: { 'tokenizer.ggml.model': 'llama' },
      reason: 'modelUnsupported',
      says: "'llama', not byte-level",
    },
    {
      what: 'a list of tokens that is a text',
      metadata: { 'tokenizer.ggml.tokens': 'a' },
      reason: 'modelDamaged',
      says: 'tokenizer.ggml.tokens',
    },
    {
      what: 'fewer kinds than tokens',
      metadata: { 'tokenizer.ggml.token_type': [1, 1] },
      reason: 'modelDamaged',
      says: `2 kinds for ${tinyTokens.length} tokens`,
    },
  ])('refuses $what', async ({ metadata, reason, says }) => {
    const failure = await engineFailure(() => open(metadata));
    expect(failure.reason).toBe(reason);
    expect(failure.message).toContain(says);
  });
});
