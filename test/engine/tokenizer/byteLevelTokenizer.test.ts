import { describe, expect, it } from 'vitest';
import { engineFailure } from '../../support/engineFailure.ts';
import { parseTokenizer } from '../../support/parseTokenizer.ts';
import { tinyTokenizerJson } from '../../support/tinyHuggingFace.ts';

const special = (content: string, id: number) => ({ id, content, special: true });

/** The tiny tokenizer: a 0, b 1, ab 2, blank 3, 0xc3 4, 0xa9 5, digit 1 6, and these special tokens. */
function open(added_tokens: readonly object[] = [special('</s>', 257)], endToken: string | null = '</s>') {
  const tokenizerJson = { ...tinyTokenizerJson, added_tokens };
  return parseTokenizer(
    { tokenizerJson, tokenizerConfigJson: { eos_token: endToken }, path: 'tokenizer.json' },
    300,
  );
}

describe('ByteLevelTokenizer', () => {
  it.each([
    { text: 'ab', tokens: [2] },
    { text: 'b a', tokens: [1, 3, 0] },
    { text: 'é', tokens: [4, 5] },
    { text: '', tokens: [] },
  ])('encodes "$text"', ({ text, tokens }) => {
    expect(open().encode(text)).toEqual(tokens);
    expect(open().decode(tokens)).toBe(text);
  });

  it('never arrives at a special token by merging', () => {
    expect(open([special('</s>', 257), special('ab', 2)]).encode('abab')).toEqual([0, 1, 0, 1]);
  });

  it('leaves out bytes that its vocabulary cannot spell', () => {
    expect(open().encode('a?b')).toEqual([0, 1]);
  });

  it('does not normalise a text: letter and accent stay two characters', () => {
    const json = {
      ...tinyTokenizerJson,
      model: { ...tinyTokenizerJson.model, vocab: { ...tinyTokenizerJson.model.vocab, e: 7, Ì: 8, ģ: 9 } },
    };
    const tokenizer = parseTokenizer(
      { tokenizerJson: json, tokenizerConfigJson: { eos_token: '</s>' }, path: '' },
      300,
    );
    expect(tokenizer.encode('e\u0301')).toEqual([7, 8, 9]);
  });

  it('gives the bytes of each token, and none for special and unknown ones', () => {
    const tokenizer = open();
    expect([2, 3, 4, 257, 299].map((token) => [...tokenizer.bytesOf(token)])).toEqual([
      [0x61, 0x62],
      [0x20],
      [0xc3],
      [],
      [],
    ]);
    expect(() => tokenizer.bytesOf(300)).toThrow('token 300 of 300');
  });

  it('decodes half a character to U+FFFD and special tokens to nothing', () => {
    expect(open().decode([4, 257, 0])).toBe('\ufffda');
  });

  it('keeps a byte order mark', () => {
    const json = {
      ...tinyTokenizerJson,
      model: { ...tinyTokenizerJson.model, vocab: { ï: 0, '»': 1, '¿': 2 }, merges: [] },
    };
    const tokenizer = parseTokenizer(
      { tokenizerJson: json, tokenizerConfigJson: { eos_token: '</s>' }, path: '' },
      300,
    );
    expect(tokenizer.decode(tokenizer.encode('\ufeff'))).toBe('\ufeff');
  });

  it.each([
    { spellings: ['</s>', '<|endoftext|>'], endOfText: 101 },
    { spellings: ['</s>', '<|end_of_text|>'], endOfText: 101 },
    { spellings: ['</s>', '<|other|>'], endOfText: 100 },
  ])('ends a text by the likeliest of $spellings', ({ spellings, endOfText }) => {
    expect(open(spellings.map((content, i) => special(content, 100 + i))).endOfText).toBe(endOfText);
  });

  it('stops at every special token, but not at others that were added', () => {
    const added = [
      special('</s>', 100),
      special('<|im_end|>', 101),
      { id: 102, content: '<tool>', special: false },
    ];
    const tokenizer = open(added);
    expect([...tokenizer.stopTokens].sort()).toEqual([100, 101]);
    expect(tokenizer.encode('a<tool>')).toEqual([0, 102]);
    expect(tokenizer.decode([102])).toBe('<tool>');
  });

  it.each([
    {
      spellings: ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>'],
      fim: { prefix: 101, suffix: 102, middle: 103 },
    },
    {
      spellings: ['<fim_prefix>', '<fim_middle>', '<fim_suffix>'],
      fim: { prefix: 101, suffix: 103, middle: 102 },
    },
    { spellings: ['<fim_prefix>', '<fim_suffix>', 'x'], fim: undefined },
  ])('knows fill-in-the-middle by $spellings', ({ spellings, fim }) => {
    expect(open(['</s>', ...spellings].map((content, i) => special(content, 100 + i))).fim).toEqual(fim);
  });

  it.each([
    { spellings: ['<|repo_name|>', '<|file_sep|>'], repository: { name: 101, file: 102 } },
    { spellings: ['<|repo_name|>', 'x'], repository: undefined },
    { spellings: ['x', '<|file_sep|>'], repository: undefined },
  ])('knows the files of a repository by $spellings', ({ spellings, repository }) => {
    const tokenizer = open(['</s>', ...spellings].map((content, i) => special(content, 100 + i)));
    expect(tokenizer.repository).toEqual(repository);
  });

  it('knows the marks of Qwen2.5-Coder, which Hugging Face’s file of it does not call special', () => {
    const spellings = ['fim_prefix', 'fim_middle', 'fim_suffix', 'fim_pad', 'repo_name', 'file_sep'];
    const marks = spellings.map((name, i) => ({ id: 101 + i, content: `<|${name}|>`, special: false }));
    const tokenizer = open([special('</s>', 100), ...marks]);
    expect(tokenizer.fim).toEqual({ prefix: 101, middle: 102, suffix: 103 });
    expect(tokenizer.repository).toEqual({ name: 105, file: 106 });
    expect([...tokenizer.stopTokens]).toEqual([100, 101, 102, 103, 104, 105, 106]);
    expect(tokenizer.encode('<|fim_middle|>a')).toEqual([0]);
    expect(tokenizer.decode([102])).toBe('');
  });
});

describe('parseTokenizer refuses', () => {
  const { model } = tinyTokenizerJson;
  it.each([
    {
      what: 'word pieces',
      change: { model: { type: 'WordPiece' } },
      reason: 'modelUnsupported',
      says: "'WordPiece', not byte-level BPE",
    },
    {
      what: 'a text rewritten first',
      change: { normalizer: { type: 'Sequence' } },
      reason: 'modelUnsupported',
      says: "'Sequence'",
    },
    {
      what: 'pieces that are not bytes',
      change: { pre_tokenizer: { type: 'Metaspace' } },
      reason: 'modelUnsupported',
      says: 'not a byte-level one',
    },
    {
      what: 'a file without a vocabulary',
      change: { model: { type: 'BPE' } },
      reason: 'modelDamaged',
      says: 'vocab',
    },
    { what: 'a file without a model', change: { model: undefined }, reason: 'modelDamaged', says: 'model' },
    {
      what: 'more tokens than the model has',
      change: { model: { ...model, vocab: { a: 300 } } },
      reason: 'modelDamaged',
      says: 'a token 300, but the model only 300',
    },
    {
      what: 'no token that ends a text',
      change: { added_tokens: [] },
      reason: 'modelUnsupported',
      says: 'no token that ends a text',
    },
  ])('$what', async ({ change, reason, says }) => {
    const tokenizerJson = { ...tinyTokenizerJson, ...change };
    const files = { tokenizerJson, tokenizerConfigJson: { eos_token: '</s>' }, path: 'x/tokenizer.json' };
    const failure = await engineFailure(() => parseTokenizer(files, 300));
    expect(failure.reason).toBe(reason);
    expect(failure.message).toContain('x/tokenizer.json');
    expect(failure.message).toContain(says);
  });
});
