import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { healPrompt, tailOf } from '../../../src/completion/prompt/healPrompt.ts';
import { codeMerges, FakeTokenizer } from '../../support/fakeTokenizer.ts';

const tokenizer = new FakeTokenizer({ merges: codeMerges });

describe('healPrompt', () => {
  /** The prompt is what stands before `|`, the typed text what stands behind it. */
  const check = (why: string, marked: string): void => {
    it(`${why}: ${JSON.stringify(marked)}`, () => {
      const [prompt, typedText] = marked.split('|');
      const healed = healPrompt(marked.replace('|', ''), tokenizer);
      expect([tokenizer.decode(healed.promptTokens), healed.typedText]).toEqual([prompt, typedText]);
    });
  };

  check('goes back over a half-typed word and its blank', 'foo =| ret');
  check('goes back over the sign a word may join', 'foo|.len');
  check('goes back over a half-typed operator', 'foo |=');
  check('goes back over indentation', 'foo();\n|    ');
  check('goes back over half of an indentation', '  foo();\n|   ');
  check('goes back over a line end that another could join', 'foo|;\n');
  check('goes back over one number only', 'foo12 + |34');
  check('goes back over a bracket that others could join', 'foo|(');
  check('goes back over a word in any script', 'a =| 日本');
  check('goes back over one part of a name only', 'con|_st');
  check('leaves nothing in the prompt of a first word', '|retu');
  check('gives an empty prompt for an empty text', '|');

  it('spells the text with prompt and typed text, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.array(fc.string({ maxLength: 4 })),
        (text, merges) => {
          const odd = new FakeTokenizer({ merges });
          const whole = text.replace(/\p{Surrogate}/gu, '');
          const { promptTokens, typedText } = healPrompt(whole, odd);
          expect(odd.decode(promptTokens) + typedText).toBe(whole);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('ends the prompt where no continuation moves the boundary', () => {
    const words = fc.constantFrom(
      ...[
        'const',
        ' ',
        '  ',
        '\n',
        'foo',
        'return',
        '.length',
        '(',
        ')',
        '();',
        ';\n',
        ' = ',
        '==',
        '=> {\n',
        '42',
      ],
      ...['interface', 'fooBar', '_', '"', "'é", '日本', '\n\n', '    ', ' return', 'turn', 'ter'],
    );
    const code = fc.array(words, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(code, code, fc.nat(30), (before, after, cut) => {
        const text = before + after.slice(0, cut);
        const { promptTokens } = healPrompt(text, tokenizer);
        const whole = tokenizer.encode(text + after.slice(cut));
        expect(whole.slice(0, promptTokens.length)).toEqual(promptTokens);
      }),
      { numRuns: 200 },
    );
  });

  it('cuts a long text as a whole, not by its tail', () => {
    const text = `${'const foo = bar();\n'.repeat(30)}    ret`;
    const { promptTokens, typedText } = healPrompt(text, tokenizer);
    expect(typedText).toBe(' ret');
    expect(promptTokens).toEqual(tokenizer.encode(text.slice(0, -typedText.length)));
  });

  it('heals a line that is longer than its tail', () => {
    const text = 'x'.repeat(1000);
    expect(healPrompt(text, tokenizer).typedText).toBe('x'.repeat(24));
  });
});

describe('tailOf', () => {
  it('starts at a line start far enough back', () => {
    expect(tailOf('a'.repeat(60) + '\n' + 'b'.repeat(38) + '\nc')).toBe('b'.repeat(38) + '\nc');
  });

  it('is the whole of a short text that begins with a line end', () => {
    expect(tailOf('\nfoo')).toBe('\nfoo');
  });

  it('starts with a whole character in a long line', () => {
    expect(tailOf('😀'.repeat(200) + 'a')).toBe('😀'.repeat(127) + 'a');
  });
});
