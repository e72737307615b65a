import { describe, expect, it } from 'vitest';
import { alternativesAt } from '../../src/completion/alternatives.ts';
import type { AlternativesRequest, CompletionId } from '../../src/completion/completion.ts';
import type { GenerateRequest, Generation } from '../../src/engine/policy.ts';
import { cursorText } from '../support/cursorText.ts';
import { ScriptedPolicy } from '../support/fakePolicy.ts';
import { tinyPolicies } from '../support/tinyPolicy.ts';

const open = new AbortController().signal;

function requestAt(text: string, more: Partial<AlternativesRequest> = {}): AlternativesRequest {
  return {
    id: 'c1' as CompletionId,
    ...cursorText(text),
    languageId: 'typescript',
    trigger: 'invoked',
    count: 3,
    temperature: 0.8,
    seed: 1,
    maxPromptTokens: 512,
    maxNewTokens: 64,
    ...more,
  };
}

/** Ends its continuations from the last to the first. */
class LastFirstPolicy extends ScriptedPolicy {
  override async generate(request: GenerateRequest, signal: AbortSignal): Promise<readonly Generation[]> {
    const { onEnd, ...quiet } = request;
    const generations = await super.generate(quiet, signal);
    generations.toReversed().forEach((ended, i) => onEnd?.(ended, generations.length - 1 - i));
    return generations;
  }
}

async function findingsAt(text: string, offered: string, languageId: string) {
  const [alternative] = await alternativesAt(
    requestAt(text, { languageId }),
    new ScriptedPolicy([offered]),
    open,
  );
  return alternative?.findings;
}

describe('alternativesAt', () => {
  it('gives each different text once, with its own id', async () => {
    const policy = new ScriptedPolicy(['foo;', 'bar;', 'foo; ', '', 'baz;', 'qux;']);
    const alternatives = await alternativesAt(requestAt('a = █'), policy, open);
    expect(alternatives.map(({ id, text, written }) => [id, text, written.temperature])).toEqual([
      ['c1', 'foo;', 0],
      ['c1#2', 'bar;', 0.8],
      ['c1#5', 'baz;', 0.8],
    ]);
  });

  it('tells each as it is written, a spare one only for one that falls out, and ends the rest', async () => {
    const policy = new ScriptedPolicy(['foo;', 'foo; ', 'bar;', 'baz;', 'qux;', 'quux;']);
    const told: string[] = [];
    const alternatives = await alternativesAt(requestAt('a = █'), policy, open, {
      onAlternative: ({ id }) => told.push(id),
    });
    expect(told).toEqual(['c1', 'c1#3', 'c1#4']);
    expect(alternatives.map(({ id }) => id)).toEqual(told);
    const { shouldStop } = policy.requests[1]!;
    expect(shouldStop?.('q', { tokens: [1], logProbs: [0], freeFrom: 0 })).toBe(true);
  });

  it('prefers none of a batch for being short', async () => {
    // Those that end first are told first, but the spare ones wait until one of the first falls out.
    const policy = new LastFirstPolicy(['long();', 'longer();', 'longest();', 'a;', 'b;']);
    const told: string[] = [];
    await alternativesAt(requestAt('x = █', { count: 4 }), policy, open, {
      onAlternative: ({ text }) => told.push(text),
    });
    // The batch is 'long();' again, for which the first spare one comes, and so on: 'b;' has not fallen in.
    expect(told).toEqual(['long();', 'longest();', 'longer();', 'a;']);
  });

  it('writes the likeliest alone before the others, and tells its first line meanwhile', async () => {
    const policy = new ScriptedPolicy(['foo();\n  bar();\n', 'foo();\n', 'baz();']);
    const told: (readonly [string, string, number, readonly string[]])[] = [];
    const request = requestAt('function f() {\n  █', { count: 2 });
    const alternatives = await alternativesAt(request, policy, open, {
      onAlternative: ({ id, text, findings }) => told.push([id, text, policy.requests.length, findings]),
    });
    expect(told).toMatchObject([
      ['c1', 'foo();', 1, []],
      ['c1', 'foo();\n  bar();', 1, []],
      ['c1#2', 'foo();', 2, []],
    ]);
    expect(policy.requests.map(({ count, temperature }) => [count, temperature])).toEqual([
      [1, 0],
      [4, 0.8],
    ]);
    expect(alternatives.map(({ text }) => text)).toEqual(['foo();\n  bar();', 'foo();']);
  });

  it('has the prompt read once', async () => {
    const policy = await (await tinyPolicies())();
    await alternativesAt(requestAt('const a = b(█', { count: 2, maxNewTokens: 4 }), policy, open);
    const { promptTokens, reusedTokens } = policy.effort;
    // The last token is computed again, to tell what comes behind it.
    expect(promptTokens - reusedTokens).toBe(promptTokens / 2 + 1);
    await policy.dispose();
  });

  it('goes on where there is nothing likeliest, with as many to choose from', async () => {
    const policy = new ScriptedPolicy(['', 'foo;', 'foo ;', 'bar;', 'bar ;', 'baz;']);
    const alternatives = await alternativesAt(requestAt('a = █'), policy, open);
    expect(policy.requests.map(({ count }) => count)).toEqual([1, 6]);
    expect(alternatives.map(({ id }) => id)).toEqual(['c1#2', 'c1#4', 'c1#6']);
  });

  it('gives nothing like what was seen, and writes another alone', async () => {
    const policy = new ScriptedPolicy(['foo(1, 2);', 'bar;', 'foo(1,2);', 'baz;']);
    const seen = [{ text: 'foo(1,2);', replacedChars: 0 }];
    const alternatives = await alternativesAt(requestAt('a = █', { count: 2, seen }), policy, open);
    expect(alternatives.map(({ id }) => id)).toEqual(['c1#2', 'c1#4']);
    expect(policy.requests.map(({ count, temperature, seed }) => [count, temperature, seed])).toEqual([
      [1, 0.8, 2],
      [5, 0.8, 1],
    ]);
  });

  it('tells no first line of a text that may have been seen', async () => {
    const policy = new ScriptedPolicy(['foo();\n  bar();\n', 'baz();']);
    const told: string[] = [];
    const seen = [{ text: 'foo();\n  bar();', replacedChars: 0 }];
    await alternativesAt(requestAt('function f() {\n  █', { count: 1, seen }), policy, open, {
      onAlternative: ({ text }) => told.push(text),
    });
    expect(told).toEqual(['baz();']);
  });

  it('keeps a first line that was told, whatever comes behind it', async () => {
    const policy = new ScriptedPolicy(['foo(1);\n  bar(1, 2, 3);\n', 'baz();']);
    const told: string[] = [];
    // More alike than two alternatives may be, but for the first line.
    const seen = [{ text: 'foo();\n  bar(1, 2, 3);', replacedChars: 0 }];
    const alternatives = await alternativesAt(
      requestAt('function f() {\n  █', { count: 1, seen }),
      policy,
      open,
      {
        onAlternative: ({ text }) => told.push(text),
      },
    );
    expect(told).toEqual(['foo(1);', 'foo(1);\n  bar(1, 2, 3);']);
    expect(alternatives.map(({ text }) => text)).toEqual([told[1]]);
  });

  it('begins with the completion that is known, and offers nothing like it again', async () => {
    const [known] = await alternativesAt(requestAt('a = █'), new ScriptedPolicy(['call(1, 2)']), open);
    const policy = new ScriptedPolicy(['call(1,2)', 'call(2, 1)']);
    const request = requestAt('a = █', { id: 'c2' as CompletionId, count: 2, first: known });
    const before: (readonly [string, number])[] = [];
    const alternatives = await alternativesAt(request, policy, open, {
      onAlternative: ({ id }) => before.push([id, policy.requests.length]),
    });
    expect(before).toEqual([
      ['c1', 0],
      ['c2#2', 1],
    ]);
    expect(alternatives.map(({ id, findings }) => [id, findings])).toEqual([
      ['c1', ['parses']],
      ['c2#2', ['parses']],
    ]);
    expect(policy.requests.map(({ count }) => count)).toEqual([4]);
  });

  it('gives none in the middle of a word', async () => {
    expect(await alternativesAt(requestAt('a█b'), new ScriptedPolicy(['x']), open)).toEqual([]);
  });

  it.each(['typescript', 'plaintext'])(
    'takes texts for one that differ in white space, in %s',
    async (languageId) => {
      const policy = new ScriptedPolicy(['call(1, 2)', 'call(1,2)', 'call(2, 1)']);
      const alternatives = await alternativesAt(requestAt('a = █', { languageId }), policy, open);
      expect(alternatives.map(({ text }) => text)).toEqual(['call(1, 2)', 'call(2, 1)']);
    },
  );

  it('takes texts for one that differ in a comment', async () => {
    const policy = new ScriptedPolicy(['run(job) // at once', 'run(job)', 'stop(job)']);
    const alternatives = await alternativesAt(requestAt('a = █'), policy, open);
    expect(alternatives.map(({ text }) => text)).toEqual(['run(job) // at once', 'stop(job)']);
  });

  it.each([
    ['x = █\ny = 1\n', 'foo(2)', 'python', ['parses']],
    ['x = █\ny = 1\n', 'foo(2))', 'python', ['breaksSyntax']],
    ['const x = █;\n', 'y ?? 2', 'typescript', ['parses']],
    ['a(); █\n', 'b(;', 'typescript', ['breaksSyntax']],
  ])('looks whether the document parses: %j with %j', async (text, offered, languageId, findings) => {
    expect(await findingsAt(text, offered, languageId)).toEqual(findings);
  });

  it('does not blame the first line of a block for being open', async () => {
    expect(await findingsAt('if (ready█', ') {', 'typescript')).toEqual([]);
  });

  it('says nothing of the syntax of a language without a grammar', async () => {
    expect(await findingsAt('x = █', 'foo(2))', 'plaintext')).toEqual([]);
  });

  it('sees that all lines stand there already', async () => {
    expect(await findingsAt('log(name);\nlog(█', 'name);', 'typescript')).toEqual(['parses', 'repeatsCode']);
    expect(await findingsAt('log(name);\nlog(█', 'other);', 'typescript')).toEqual(['parses']);
  });
});
