import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeAt } from '../../../src/completion/completeAt.ts';
import type { Completion, CompletionId } from '../../../src/completion/completion.ts';
import { firstLineOf } from '../../../src/completion/trimming/firstLine.ts';
import { cursorText } from '../../support/cursorText.ts';
import { ScriptedPolicy } from '../../support/fakePolicy.ts';

describe('firstLineOf', () => {
  const check = (why: string, text: string, expected: string | undefined): void => {
    it(why, () => {
      expect(firstLineOf(text)).toBe(expected);
    });
  };

  check('gives the first line once its end is written', 'a();\n  b', 'a();');
  check('has nothing while the line may go on', 'a();', undefined);
  check('takes in the line end in front of it', '\n  a();\n', '\n  a();');
  check('takes in blank lines in front of it', '\n\n  a();\n', '\n\n  a();');
  check('has nothing of blank lines', '\n  \n', undefined);
  check('keeps the white space at its end', 'a(); \nb', 'a(); ');
});

describe('the first line of a completion', () => {
  const open = new AbortController().signal;
  const request = {
    id: 'c1' as CompletionId,
    ...{ languageId: 'typescript', trigger: 'automatic' as const },
    ...{ count: 1, temperature: 0, seed: 1, maxPromptTokens: 200, maxNewTokens: 60 },
  };

  async function write(at: string, text: string) {
    const told: Completion[] = [];
    const policy = new ScriptedPolicy([text]);
    const whole = await completeAt({ ...request, ...cursorText(at) }, policy, open, {
      onFirstLine: (line) => told.push(line),
    });
    return { told, whole, policy };
  }

  it('is told once, under the same id, with the tokens written so far', async () => {
    const { told, whole, policy } = await write('f() {█\n', '\n  a();\n  b();\n  c();\n}');
    const firstLine = { id: 'c1', policyId: 'scripted', text: '\n  a();', replacedChars: 0 };
    expect(told).toMatchObject([{ ...firstLine, isFirstLine: true }]);
    const { written } = told[0]!;
    expect(policy.tokenizer.decode(written.completionTokens)).toBe('{\n  a();\n');
    expect(written.behaviourLogProbs).toHaveLength(written.completionTokens.length);
    expect(written.promptTokens).toEqual(whole.written!.promptTokens);
    expect(whole).toMatchObject({ text: '\n  a();\n  b();\n  c();\n}' });
    expect(whole).not.toHaveProperty('isFirstLine');
  });

  it('is not told of a completion that has only one', async () => {
    expect((await write('a = █', 'foo();')).told).toEqual([]);
    expect((await write('f() {█\n', '\n  a();\n}\n')).told).toHaveLength(1);
    expect((await write('  █\n  a();\n', 'a();\n  b();')).told).toEqual([]);
  });

  it('begins the whole, whatever the policy writes', async () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        ' ',
        '  ',
        '\n',
        '\n',
        '    ',
        '{',
        '}',
        'foo();',
        'if x:',
        '(',
        ')',
        '"',
        ';',
        'end',
        '<|x|>',
      ],
    );
    const at = fc.constantFrom(
      '█',
      '  █\nfoo();\n',
      'if (a) {█\n}',
      'if (a) {█}',
      'while x:█\n  a',
      '  if x:\n    █\n',
    );
    await fc.assert(
      fc.asyncProperty(at, fc.array(piece, { maxLength: 40 }), async (place, pieces) => {
        const { told, whole } = await write(place, pieces.join(''));
        for (const { text } of told) expect('text' in whole && whole.text.startsWith(text)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
