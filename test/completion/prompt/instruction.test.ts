import { describe, expect, it } from 'vitest';
import { alternativesAt } from '../../../src/completion/alternatives.ts';
import { completeAt } from '../../../src/completion/completeAt.ts';
import type { CompletionId, CompletionRequest } from '../../../src/completion/completion.ts';
import { demonstrationAt } from '../../../src/completion/prompt/demonstration.ts';
import {
  codeAtCursor,
  findAnswerEnd,
  instructionAbove,
  withInstructionAbove,
} from '../../../src/completion/prompt/instruction.ts';
import { cursorText } from '../../support/cursorText.ts';
import { ScriptedPolicy } from '../../support/fakePolicy.ts';
import { codeMerges, FakeTokenizer } from '../../support/fakeTokenizer.ts';

const never = new AbortController().signal;
const withChat = new FakeTokenizer({ merges: codeMerges, hasFim: true, hasChat: true });
const withoutChat = new FakeTokenizer({ merges: codeMerges, hasFim: true });

function requestAt(text: string, changes: Partial<CompletionRequest> = {}): CompletionRequest {
  return {
    ...{ id: 'c1' as CompletionId, ...cursorText(text), languageId: 'python', trigger: 'invoked' },
    ...{ count: 1, temperature: 0, seed: 1, maxPromptTokens: 400, maxNewTokens: 200 },
    ...{ instruction: 'is it even?', ...changes },
  };
}

/** What a policy is given, its special tokens spelled out. */
function promptOf(policy: ScriptedPolicy): string {
  const { chat, fim } = policy.tokenizer;
  const marks = new Map([
    [chat?.start, '<start>'],
    [chat?.end, '<end>'],
    [fim?.prefix, '<prefix>'],
    [fim?.suffix, '<suffix>'],
    [fim?.middle, '<middle>'],
  ]);
  const { promptTokens, typedText } = policy.requests[0]!;
  const spelled = promptTokens.map((token) => marks.get(token) ?? policy.tokenizer.decode([token]));
  return spelled.join('') + typedText;
}

describe('a model that knows turns', () => {
  it('is given the instruction as a turn, and answers inside a fence', async () => {
    const policy = new ScriptedPolicy(['def even(n):\n    return n % 2 == 0\n```\nIt divides.'], {
      tokenizer: withChat,
    });
    const result = await completeAt(requestAt('a = 1\n\n█\n'), policy, never);
    expect(result).toMatchObject({ kind: 'completion', text: 'def even(n):\n    return n % 2 == 0' });
    expect(promptOf(policy)).toBe(
      '<start>system\nYou write code. Answer with the code alone: no example of its use, no test, no explanation.<end>\n' +
        '<start>user\nWrite python: is it even?<end>\n' +
        '<start>assistant\n```python\na = 1\n\n',
    );
  });

  it('is shown the last whole lines of a long file, and its prompt stays within the limit', async () => {
    const policy = new ScriptedPolicy(['x\n```'], { tokenizer: withChat });
    const lines = Array.from({ length: 500 }, (_, index) => `value${index} = ${index}`).join('\n');
    await completeAt(requestAt(`${lines}\n█`), policy, never);
    const prompt = promptOf(policy);
    expect(prompt).toMatch(/assistant\n```python\nvalue\d+ = \d+\n/);
    expect(prompt).toContain('value499 = 499\n');
    expect(policy.requests[0]!.promptTokens.length).toBeLessThanOrEqual(400);
  });

  it.each([
    { what: 'many lines', instruction: `${'// old code\n'.repeat(2000)}is it even?` },
    { what: 'one line', instruction: `${'old code '.repeat(2000)}is it even?` },
  ])('is shown the end of an instruction of $what, and some of the file', async ({ instruction }) => {
    const policy = new ScriptedPolicy(['x\n```'], { tokenizer: withChat });
    await completeAt(requestAt('value = 1\n█', { instruction }), policy, never);
    expect(promptOf(policy)).toContain('is it even?<end>\n<start>assistant\n```python\nvalue = 1\n');
    expect(policy.requests[0]!.promptTokens.length).toBeLessThanOrEqual(400);
  });

  it('gives different answers as alternatives, each once', async () => {
    const policy = new ScriptedPolicy(['a\n```', 'b\n```', 'a\n```'], { tokenizer: withChat });
    const alternatives = await alternativesAt(requestAt('█', { count: 3, temperature: 1 }), policy, never);
    expect(alternatives.map(({ text }) => text)).toEqual(['a', 'b']);
  });

  it('offers nothing where the answer has no code', async () => {
    const policy = new ScriptedPolicy(['\n```\nI cannot.'], { tokenizer: withChat });
    expect(await completeAt(requestAt('█'), policy, never)).toMatchObject({ kind: 'none', reason: 'blank' });
  });

  it('asks also in the middle of a line, where no completion would be offered', async () => {
    const policy = new ScriptedPolicy(['1\n```'], { tokenizer: withChat });
    expect(await completeAt(requestAt('a = █ + b'), policy, never)).toMatchObject({ text: '1' });
  });

  it('learns from the code of the user as it would have had to answer', () => {
    const written = { ...requestAt('class A:\n    █\n'), text: 'def f(self):\n        return 1\n' };
    const { promptTokens, completionTokens, freeFrom } = demonstrationAt(written, withChat, 400);
    expect(withChat.decode(promptTokens)).toMatch(/assistant\n```python\nclass A:\n/);
    expect(withChat.decode([...promptTokens, ...completionTokens])).toMatch(
      /\n {4}def f\(self\):\n {8}return 1$/,
    );
    expect(completionTokens.at(-1)).toBe(withChat.endOfText);
    expect(withChat.decode(completionTokens.slice(freeFrom))).toMatch(/^ ?def f/);
  });
});

describe('a model that knows no turns', () => {
  it('finds the instruction as a comment above the cursor', async () => {
    const policy = new ScriptedPolicy(['def even(n):\n    return n % 2 == 0\n'], { tokenizer: withoutChat });
    const result = await completeAt(requestAt('a = 1\n█\n'), policy, never);
    expect(result).toMatchObject({ text: 'def even(n):\n    return n % 2 == 0' });
    expect(promptOf(policy)).toMatch(/<middle>a = 1\n# is it even\?\n$/);
  });

  it('learns from the user with the same prompt', () => {
    const written = { ...requestAt('a = 1\n█\n'), text: 'b = 2' };
    const { promptTokens } = demonstrationAt(written, withoutChat, 400);
    expect(withoutChat.decode(promptTokens)).toContain('a = 1\n# is it even?');
  });
});

describe('codeAtCursor', () => {
  it.each([
    ['█', 'f()\n```', false, 'f()'],
    ['    █', 'if a:\n        b()\n\n    c()\n```', false, 'if a:\n        b()\n\n    c()'],
    ['    █', 'b()\n\nd()', false, 'b()'],
    ['\t█', 'if a {\n\t\tb()\n\t}\n}', false, 'if a {\n\t\tb()\n\t}'],
    ['█', 'f()\n\n', false, 'f()'],
    ['█', 'a()\nb(', true, 'a()'],
    ['█', 'b(', true, 'b('],
    ['█', 'a()\n\n# Example usage:\nprint(a())', false, 'a()'],
    ['█', "a()\nif __name__ == '__main__':\n    a()", false, 'a()'],
    ['█', 'a()<|im_end|>b()', false, 'a()'],
  ])('at %j of %j', (place, written, isCutOff, text) => {
    expect(codeAtCursor(written, cursorText(place), isCutOff)).toEqual({
      kind: 'text',
      text,
      replacedChars: 0,
    });
  });
});

describe('findAnswerEnd', () => {
  it.each([
    ['f()\n```', 4],
    ['```', 0],
    ['f()\ng()', undefined],
    ['a = "```"', undefined],
  ])('of %j is %s', (text, end) => {
    expect(findAnswerEnd(text, cursorText('█'))).toBe(end);
  });
});

describe('instructionAbove', () => {
  it.each([
    [
      'python',
      '# a function that\n# says whether a number is even\n█\n',
      'a function that says whether a number is even',
    ],
    ['typescript', 'a();\n  // reverse a list\n  █', 'reverse a list'],
    ['sql', '-- all customers\n█', 'all customers'],
    ['html', '<!-- a list of two -->\n█', 'a list of two'],
    ['css', '/* a red border */\n█', 'a red border'],
    ['typescript', '/// doc\n█', 'doc'],
    ['python', '# a comment\n\n█', undefined],
    ['python', '# a comment\nx█', undefined],
    ['python', '# a comment\n█x', undefined],
    ['python', 'x = 1\n█', undefined],
    ['python', '#\n█', undefined],
    ['typescript', '# no comment\n█', undefined],
    ['python', '█', undefined],
  ])('%s: %j', (languageId, text, instruction) => {
    expect(instructionAbove(cursorText(text), languageId)).toBe(instruction);
  });
});

describe('withInstructionAbove', () => {
  it.each([
    ['python', 'a\n    █', 'a\n    # do\n    '],
    ['typescript', 'const a = █', '// do\nconst a = '],
    ['html', '█', '<!-- do -->\n'],
    ['python', '# do\n█', '# do\n'],
  ])('%s: %j', (languageId, text, prefix) => {
    expect(withInstructionAbove(cursorText(text), { instruction: 'do', languageId }).prefix).toBe(prefix);
  });
});
