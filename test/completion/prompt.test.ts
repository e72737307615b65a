import { describe, expect, it } from 'vitest';
import { buildPrompt } from '../../src/completion/prompt.ts';
import { cursorText } from '../support/cursorText.ts';
import { codeMerges, FakeTokenizer } from '../support/fakeTokenizer.ts';

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
