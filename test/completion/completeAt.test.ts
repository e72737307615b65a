import { describe, expect, it } from 'vitest';
import { completeAt, prepareAt } from '../../src/completion/completeAt.ts';
import { evenAt } from '../../src/completion/trimming/goingOn.ts';
import { calibrated } from '../../src/engine/policy.ts';
import type { CompletionId, CompletionRequest, CompletionResult } from '../../src/completion/completion.ts';
import { cursorText } from '../support/cursorText.ts';
import { codeMerges, FakeTokenizer } from '../support/fakeTokenizer.ts';
import { ScriptedPolicy, type ScriptedText } from '../support/fakePolicy.ts';

const open = new AbortController().signal;

function requestAt(marked: string, changes: Partial<CompletionRequest> = {}): CompletionRequest {
  return {
    id: 'c1' as CompletionId,
    ...cursorText(marked),
    languageId: 'typescript',
    trigger: 'automatic',
    count: 1,
    temperature: 0,
    seed: 1,
    maxPromptTokens: 200,
    maxNewTokens: 100,
    ...changes,
  };
}

describe('completeAt', () => {
  /** The text of the completion, or the reason why there is none. */
  const check = (why: string, at: string, script: string | ScriptedText, expected: string): void => {
    it(why, async () => {
      const result = await completeAt(requestAt(at), new ScriptedPolicy([script]), open);
      expect(result.kind === 'completion' ? result.text : result.reason).toBe(expected);
    });
  };

  check('offers what the policy wrote', 'const a = █', 'foo();', 'foo();');
  check('offers nothing when the policy is silent', 'const a = █', '', 'silence');
  check('offers nothing of white space', 'const a = █', '  ', 'blank');
  check('offers nothing that stands there already', 'foo(█);', ');', 'suffixRepeats');
  check('asks for nothing in the middle of a word', 'con█st a = 1;', 'never asked', 'midWord');
  check('goes on with a half-typed word', '  retu█', 'rn foo;', 'rn foo;');
  check('stops a policy that would go on', 'a = █', { text: 'foo;\nbar;\nbar;' }, 'foo;');
  check('offers a block behind an opening', 'f() {█\n', '\n  a();\n}\nb();', '\n  a();\n}');

  const goingOn = { text: 'foo;\nbar;\n\nb', logProb: -0.001 };

  it('goes on with lines that the policy is sure of', async () => {
    const { text, logProb } = goingOn;
    const tell: string[] = [];
    const result = await completeAt(requestAt('a = █'), new ScriptedPolicy([text], { logProb }), open, {
      onFirstLine: (firstLine) => tell.push(firstLine.text),
    });
    expect(result).toMatchObject({ text: 'foo;\nbar;\n\nb', kind: 'completion' });
    expect(tell).toEqual(['foo;']);
  });

  it('goes on as far as that was measured to be right', async () => {
    // Six tokens or more, so the second line is believed in with less than 0.7.
    const scripted = new ScriptedPolicy(['foo;\nbar;\n'], { logProb: -0.07 });
    const textBy = async (even: number) => {
      const policy = calibrated(scripted, { intercept: 0, slope: 1, further: evenAt(even) });
      const result = await completeAt(requestAt('a = █'), policy, open);
      return result.kind === 'completion' ? result.text : result.reason;
    };
    expect([await textBy(0.4), await textBy(0.8)]).toEqual(['foo;\nbar;', 'foo;']);
  });

  it('offers no half of a further line', async () => {
    const policy = new ScriptedPolicy([{ text: goingOn.text }], { logProb: goingOn.logProb });
    const result = await completeAt(requestAt('a = █', { maxNewTokens: 9 }), policy, open);
    expect(result).toMatchObject({ text: 'foo;\nbar;' });
  });

  it('is longer than the limit only while the policy is sure', async () => {
    // Three tokens a line.
    const lines = Array.from({ length: 9 }, (_, index) => `foo${index};\n`).join('');
    const linesBy = async (logProb: number, text: string) => {
      const policy = new ScriptedPolicy([{ text }], { logProb });
      const result = await completeAt(requestAt('a = █', { maxNewTokens: 6 }), policy, open);
      const offered = result.kind === 'completion' ? result.text.split('\n').length : 0;
      return [offered, result.written!.completionTokens.length];
    };
    const line = lines.replaceAll('\n', ' ');
    expect([
      await linesBy(-0.001, lines),
      await linesBy(-0.032, lines),
      await linesBy(-0.001, line),
      await linesBy(-0.5, line),
    ]).toEqual([
      [6, 18],
      [3, 12],
      [1, 18],
      [1, 6],
    ]);
  });

  it('goes on with none where it is drawn what is written', async () => {
    const policy = new ScriptedPolicy([goingOn.text], { logProb: goingOn.logProb });
    const result = await completeAt(requestAt('a = █', { temperature: 0.5 }), policy, open);
    expect(result).toMatchObject({ text: 'foo;' });
  });

  it('stops the policy within the token that ends the completion', async () => {
    const policy = new ScriptedPolicy([{ text: `foo;\n${'bar;\n'.repeat(50)}` }]);
    const result = await completeAt(requestAt('const a = █'), policy, open);
    expect(policy.tokenizer.decode(result.written!.completionTokens)).toBe(' foo;\n');
  });

  it('keeps exactly what the policy was given and wrote', async () => {
    const policy = new ScriptedPolicy(['rn foo;'], { id: 'base+3' });
    const result = (await completeAt(requestAt('  retu█'), policy, open)) as CompletionResult & {
      kind: 'completion';
    };
    const { promptTokens, typedText, completionTokens, behaviourLogProbs, freeFrom, temperature } =
      result.written;
    expect(policy.requests[0]!.promptTokens).toEqual(promptTokens);
    expect(policy.tokenizer.decode(promptTokens) + typedText).toBe('  retu');
    expect(policy.tokenizer.decode(completionTokens)).toBe(`${typedText}rn foo;`);
    expect(completionTokens.at(-1)).toBe(policy.tokenizer.endOfText);
    expect(behaviourLogProbs).toHaveLength(completionTokens.length);
    expect(policy.tokenizer.decode(completionTokens.slice(freeFrom))).toBe(' foo;');
    expect([result.id, result.policyId, temperature]).toEqual(['c1', 'base+3', 0]);
    expect(result.latencyMs).toBeGreaterThanOrEqual(0);
  });

  it('shows the policy related code first, and keeps nothing of it', async () => {
    const tokenizer = new FakeTokenizer({ merges: codeMerges, hasFim: true, hasRepository: true });
    const related = { path: 'own.ts', pieces: [{ path: 'a.ts', text: 'const secretName = 1;' }] };
    const policy = new ScriptedPolicy(['foo();'], { tokenizer });
    const request = requestAt('const a = █', { related });
    const result = await completeAt(request, policy, open);
    await prepareAt(request, policy, open);
    const { promptTokens } = result.written!;
    const [{ promptTokens: shown }] = policy.requests as [(typeof policy.requests)[number]];
    expect(tokenizer.decode(shown)).toContain('a.ts\nconst secretName = 1;');
    expect(shown.slice(-promptTokens.length)).toEqual(promptTokens);
    expect(policy.prepared).toEqual([shown]);
    expect(tokenizer.decode(promptTokens)).not.toContain('secretName');
  });

  it.each([
    { what: 'a text of ASCII is written in ASCII', document: 'const a = █;\n', onlyAscii: true },
    { what: 'one with another character before it is not', document: '// é\na = █', onlyAscii: false },
    { what: 'nor one with another character behind it', document: 'a = █;\n// →', onlyAscii: false },
    {
      what: 'nor one beside code with another character',
      document: 'a = █',
      options: { related: { path: 'own.ts', pieces: [{ path: 'a.ts', text: '// über' }] } },
      onlyAscii: false,
    },
    {
      what: 'nor what is asked for in words',
      document: 'a = █',
      options: { instruction: 'a greeting in French' },
      onlyAscii: false,
    },
  ])('$what', async ({ document, options, onlyAscii }) => {
    const policy = new ScriptedPolicy(['foo();']);
    await completeAt(requestAt(document, options), policy, open);
    expect(policy.requests).toMatchObject([{ onlyAscii }]);
  });

  it('keeps what was written where nothing is offered', async () => {
    const policy = new ScriptedPolicy(['']);
    const result = await completeAt(requestAt('const a = █'), policy, open);
    expect(result).toMatchObject({ kind: 'none', reason: 'silence', policyId: 'scripted' });
    expect(result.written!.completionTokens.slice(result.written!.freeFrom)).toEqual([
      policy.tokenizer.endOfText,
    ]);
  });

  it('asks no policy in the middle of a word', async () => {
    const policy = new ScriptedPolicy(['x']);
    const result = await completeAt(requestAt('con█st'), policy, open);
    expect([policy.requests, result]).toEqual([[], { kind: 'none', id: 'c1', reason: 'midWord' }]);
  });

  it('says when it was cancelled, and keeps nothing of it', async () => {
    const result = await completeAt(requestAt('a = █'), new ScriptedPolicy(['foo']), AbortSignal.abort());
    expect(result).toEqual({ kind: 'none', id: 'c1', reason: 'cancelled', policyId: 'scripted' });
  });

  it('says which characters behind the cursor a text stands for', async () => {
    const result = await completeAt(requestAt('foo(█)'), new ScriptedPolicy(['a);']), open);
    expect(result).toMatchObject({ text: 'a);', replacedChars: 1 });
  });

  it('gives up the line that the limit cut off', async () => {
    const policy = new ScriptedPolicy([{ text: 'foo();\n  bar(' }]);
    const result = await completeAt(requestAt('{\n  █\n}', { maxNewTokens: 12 }), policy, open);
    expect(result).toMatchObject({ kind: 'completion', text: 'foo();' });
  });

  it('sees `\\n` where the document has other line ends', async () => {
    const policy = new ScriptedPolicy(['b();']);
    await completeAt(requestAt('a();\r\n█\r\n'), policy, open);
    expect(policy.tokenizer.decode(policy.requests[0]!.promptTokens)).not.toContain('\r');
  });
});
