import { expect, it, vi } from 'vitest';
import { alternativesAt } from '../../src/completion/alternatives.ts';
import type { CompletionId } from '../../src/completion/completion.ts';
import { ScriptedPolicy } from '../support/fakePolicy.ts';

vi.mock('../../src/completion/syntax/syntax.ts', () => ({
  syntaxOf: () => Promise.reject(new Error('no grammar')),
}));

it('gives alternatives without a word on their syntax where a grammar cannot be loaded, and says why', async () => {
  const reasons: unknown[] = [];
  const request = {
    ...{ id: 'c1' as CompletionId, prefix: 'a = ', suffix: '', languageId: 'typescript' },
    trigger: 'invoked',
    ...{ count: 2, temperature: 0.8, seed: 1, maxPromptTokens: 512, maxNewTokens: 64 },
  } as const;
  const policy = new ScriptedPolicy(['foo;', 'bar;']);
  const { signal } = new AbortController();
  const alternatives = await alternativesAt(request, policy, signal, {
    onNoSyntax: (error) => reasons.push(error),
  });
  expect(alternatives.map(({ text, findings }) => [text, findings])).toEqual([
    ['foo;', []],
    ['bar;', []],
  ]);
  expect(reasons).toEqual([new Error('no grammar')]);
});
