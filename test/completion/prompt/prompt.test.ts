import { describe, expect, it } from 'vitest';
import { buildPrompt, maxRelatedTokens, relatedTokens } from '../../../src/completion/prompt/prompt.ts';
import { cursorText } from '../../support/cursorText.ts';
import { codeMerges, FakeTokenizer } from '../../support/fakeTokenizer.ts';

const withFim = new FakeTokenizer({ merges: codeMerges, hasFim: true });
const withoutFim = new FakeTokenizer({ merges: codeMerges });
const fim = withFim.fim!;

const document = Array.from({ length: 200 }, (_, i) => `const foo${i} = bar(${i});\n`).join('');

/** The texts between the marks of a prompt. */
function partsOf(promptTokens: readonly number[]): { suffix: string; prefix: string } {
  const middle = promptTokens.indexOf(fim.middle);
  return {
    suffix: withFim.decode(promptTokens.slice(2, middle)),
    prefix: withFim.decode(promptTokens.slice(middle + 1)),
  };
}

describe('buildPrompt', () => {
  it('puts the suffix first and the prefix last and open-ended', () => {
    const { promptTokens, typedText } = buildPrompt(cursorText('foo(█);\n'), withFim, 100);
    expect(promptTokens.slice(0, 2)).toEqual([fim.prefix, fim.suffix]);
    expect(partsOf(promptTokens)).toEqual({ suffix: ');\n', prefix: 'foo' });
    expect(typedText).toBe('(');
  });

  it('gives left context alone to a model without fill in the middle', () => {
    const { promptTokens, typedText } = buildPrompt(cursorText('foo bar█);\n'), withoutFim, 100);
    expect(promptTokens[0]).toBe(withoutFim.endOfText);
    expect([withoutFim.decode(promptTokens), typedText]).toEqual(['foo', ' bar']);
  });

  it('has a token to go on from in an empty document', () => {
    expect(buildPrompt({ prefix: '', suffix: '' }, withoutFim, 100).promptTokens).toEqual([
      withoutFim.endOfText,
    ]);
    expect(buildPrompt({ prefix: '', suffix: '' }, withFim, 100).promptTokens).toEqual([
      fim.prefix,
      fim.suffix,
      fim.middle,
    ]);
  });

  it('keeps to its room, with a fifth of it for the suffix, and to whole lines', () => {
    const { promptTokens } = buildPrompt({ prefix: document, suffix: `;\n${document}` }, withFim, 400);
    const { prefix, suffix } = partsOf(promptTokens);
    expect(promptTokens.length).toBeLessThanOrEqual(400);
    expect(promptTokens.length).toBeGreaterThan(250);
    expect(withFim.encode(suffix).length).toBeLessThanOrEqual(80);
    expect(suffix).toMatch(/^;\n.*\n$/s);
    expect(prefix).toMatch(/^const foo/);
  });

  it('starts at the same place while a few lines are typed, then moves on by a step', () => {
    const starts = Array.from({ length: 30 }, (_, line) => {
      const prefix = document.slice(0, document.indexOf(`const foo${50 + line} `));
      return partsOf(buildPrompt({ prefix, suffix: '' }, withFim, 400).promptTokens).prefix.split('\n')[0];
    });
    expect(new Set(starts).size).toBeLessThan(8);
  });

  it('only appends while one types within a step', () => {
    const typed = ['', 'c', 'const', 'const a = ', 'const a = foo('];
    const prompts = typed.map((text) => buildPrompt({ prefix: document + text, suffix: '\n' }, withFim, 400));
    const [first] = prompts;
    const shared = first!.promptTokens.slice(0, -4);
    for (const { promptTokens } of prompts) expect(promptTokens.slice(0, shared.length)).toEqual(shared);
  });

  it('cuts a line longer than its room anywhere', () => {
    const { promptTokens } = buildPrompt(
      { prefix: 'foo,'.repeat(500), suffix: 'bar,'.repeat(500) },
      withFim,
      100,
    );
    expect(promptTokens.length).toBeLessThanOrEqual(100);
    expect(promptTokens.length).toBeGreaterThan(70);
  });
});

describe('relatedTokens', () => {
  const tokenizer = new FakeTokenizer({ merges: codeMerges, hasFim: true, hasRepository: true });
  const { name, file } = tokenizer.repository!;
  const [a, b] = [
    { path: 'a.ts', text: 'const foo = 1;' },
    { path: 'b.ts', text: 'const bar = 2;' },
  ];
  /** The marks by their names, the texts between them decoded. */
  const spell = (tokens: readonly number[]): string => {
    const marks = new Map([
      [name, '<repo>'],
      [file, '<file>'],
    ]);
    return tokens.map((token) => marks.get(token) ?? tokenizer.decode([token])).join('');
  };

  it('puts the most alike last, next to the document', () => {
    expect(spell(relatedTokens({ path: 'own.ts', pieces: [a, b] }, tokenizer))).toBe(
      '<repo>project\n<file>b.ts\nconst bar = 2;\n<file>a.ts\nconst foo = 1;\n<file>own.ts\n',
    );
  });

  it('leaves out what has no room, and takes what has behind it', () => {
    const long = { path: 'long.ts', text: 'foo bar '.repeat(400) };
    const tokens = relatedTokens({ path: 'own.ts', pieces: [long, a] }, tokenizer);
    expect(spell(tokens)).toContain('<file>a.ts');
    expect(spell(tokens)).not.toContain('long.ts');
    const many = Array.from({ length: 80 }, () => b);
    const full = relatedTokens({ path: 'own.ts', pieces: many }, tokenizer);
    expect(full.length).toBeLessThanOrEqual(maxRelatedTokens);
    expect(full.length).toBeGreaterThan(maxRelatedTokens - 40);
  });

  it('follows what is related as it changes', () => {
    const first = relatedTokens({ path: 'own.ts', pieces: [a] }, tokenizer);
    expect(relatedTokens({ path: 'own.ts', pieces: [{ ...a }] }, tokenizer)).toBe(first);
    expect(spell(relatedTokens({ path: 'own.ts', pieces: [b] }, tokenizer))).toContain('<file>b.ts');
    expect(spell(relatedTokens({ path: 'other.ts', pieces: [b] }, tokenizer))).toContain('<file>other.ts');
  });

  it('is nothing where nothing is related, or for a model that knows no repositories', () => {
    expect(relatedTokens(undefined, tokenizer)).toEqual([]);
    expect(relatedTokens({ path: 'own.ts', pieces: [] }, tokenizer)).toEqual([]);
    expect(relatedTokens({ path: 'own.ts', pieces: [a] }, withFim)).toEqual([]);
  });
});
