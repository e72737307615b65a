import { describe, expect, it } from 'vitest';
import { answerTo } from '../../src/completion/plainAnswer.ts';
import { ScriptedPolicy } from '../support/fakePolicy.ts';
import { codeMerges, FakeTokenizer } from '../support/fakeTokenizer.ts';

const never = new AbortController().signal;

function policyOf(text: string, hasChat: boolean): ScriptedPolicy {
  const tokenizer = new FakeTokenizer({ merges: codeMerges, hasChat });
  return new ScriptedPolicy([{ text, ends: true }], { tokenizer });
}

describe('answerTo', () => {
  it('asks in a turn where the model knows turns', async () => {
    const policy = policyOf(' 4.\n', true);
    expect(await answerTo('2 + 2?', policy, never)).toBe('4.');
    const { promptTokens } = policy.requests[0]!;
    const { chat } = policy.tokenizer;
    expect(promptTokens.filter((token) => token === chat!.start)).toHaveLength(3);
    expect(policy.tokenizer.decode(promptTokens)).toMatch(/user\n2 \+ 2\?\nassistant\n$/);
  });

  it('lets any other model go on behind the words', async () => {
    const policy = policyOf(' What is 5 + 1?', false);
    expect(await answerTo('2 + 2?', policy, never)).toBe('What is 5 + 1?');
    expect(policy.tokenizer.decode(policy.requests[0]!.promptTokens)).toBe('2 + 2?');
  });

  it.each([true, false])('hears the end of more words than a prompt may have, turns: %s', async (hasChat) => {
    const policy = policyOf('ok', hasChat);
    const words = Array.from({ length: 9000 }, (_, line) => `${line}`);
    await answerTo(words.join('\n'), policy, never);
    const { promptTokens } = policy.requests[0]!;
    expect(promptTokens.length).toBeLessThan(2200);
    expect(policy.tokenizer.decode(promptTokens)).toContain(words.slice(-400).join('\n'));
  });

  it('ends where an answer repeats itself without end', async () => {
    const answer = await answerTo('Why?', policyOf('Because of it. '.repeat(60), true), never);
    expect(answer.length).toBeLessThan(200);
  });
});
