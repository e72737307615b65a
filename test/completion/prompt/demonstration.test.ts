import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeAt } from '../../../src/completion/completeAt.ts';
import type { CompletionId } from '../../../src/completion/completion.ts';
import { demonstrationAt } from '../../../src/completion/prompt/demonstration.ts';
import { cursorText } from '../../support/cursorText.ts';
import { ScriptedPolicy } from '../../support/fakePolicy.ts';
import { codeMerges, FakeTokenizer } from '../../support/fakeTokenizer.ts';

const tokenizer = new FakeTokenizer({ merges: codeMerges, hasFim: true });

describe('demonstrationAt', () => {
  /** Given, then in the loss, as texts; `■` is the end-of-text token. */
  const check = (why: string, at: string, text: string, expected: readonly [string, string]): void => {
    it(why, () => {
      const { completionTokens, freeFrom } = demonstrationAt({ ...cursorText(at), text }, tokenizer, 200);
      const parts = [completionTokens.slice(0, freeFrom), completionTokens.slice(freeFrom)];
      const end = completionTokens.at(-1) === tokenizer.endOfText ? '■' : '';
      expect(parts.map((tokens) => tokenizer.decode(tokens))).toEqual([
        expected[0],
        expected[1].replace('■', ''),
      ]);
      expect(end).toBe(expected[1].endsWith('■') ? '■' : '');
    });
  };

  check('puts the token across the cursor into the loss', 'foo re█', 'turn;', ['', ' return;\n']);
  check('leaves out what only spells the typed text', 'foo();\n    █', ' foo', ['    ', ' foo\n']);
  check('cuts the text to a line, and ends it with the line end', 'a = █', 'foo;\nbar;\n', ['', ' foo;\n']);
  check('cuts the text to a block', '{\n  █\n}', 'foo();\n}\nbar;', [' ', ' foo();\n']);
  check('ends a text within a line at once', 'foo(█ + 1);', 'bar', ['(', 'bar■']);
  check('is silent where the user wrote nothing', 'a = foo;█', '', [';', '■']);
  check('is silent where the user only went to the next line', 'a = foo;█', '\nbar;', [';', '■']);
  check('takes any line end for the same', 'f() {█', '\r\n  foo();\r\n}\r\n', ['', '{\n  foo();\n}\n']);

  it('says what is left of the text', () => {
    expect(demonstrationAt({ prefix: 'a = ', suffix: '', text: 'foo;  \nbar' }, tokenizer, 200).text).toBe(
      'foo;',
    );
  });

  it('has the prompt that a completion at the same place would have', async () => {
    const place = cursorText('foo();\n    ret█\n');
    const policy = new ScriptedPolicy(['urn;'], { tokenizer });
    const options = {
      languageId: 'typescript',
      trigger: 'automatic',
      count: 1,
      temperature: 0,
      seed: 0,
    } as const;
    const limits = { maxPromptTokens: 200, maxNewTokens: 50 };
    await completeAt(
      { id: 'c' as CompletionId, ...place, ...options, ...limits },
      policy,
      new AbortController().signal,
    );
    const { promptTokens } = demonstrationAt({ ...place, text: 'urn;' }, tokenizer, 200);
    expect(promptTokens).toEqual(policy.requests[0]!.promptTokens);
  });

  it('spells the typed text and the text, byte for byte, whatever they are', () => {
    const code = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom(' return foo', '\n    bar', ';\n'),
    );
    const texts = fc.array(code, { maxLength: 4 }).map((parts) => parts.join(''));
    const merges = fc.array(fc.string({ maxLength: 3 }), { maxLength: 20 });
    fc.assert(
      fc.property(texts, texts, merges, (prefix, text, extra) => {
        const odd = new FakeTokenizer({ merges: [...codeMerges, ...extra] });
        const demonstration = demonstrationAt({ prefix, suffix: '', text }, odd, 1000);
        const spelled = odd.decode([...demonstration.promptTokens, ...demonstration.completionTokens]);
        const before = prefix.replaceAll(/\r\n/g, '\n').length;
        expect(spelled.slice(before).replace(/\n$/, '')).toBe(demonstration.text);
      }),
      { numRuns: 30 },
    );
  });
});
