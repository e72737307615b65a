import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RememberingPolicy } from '../../../bench/learning/rememberingPolicy.ts';
import type { GenerateRequest } from '../../../src/engine/policy.ts';
import { TurnPolicy } from '../../cli/turnPolicy.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const request = (prompt: number, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  ...{ promptTokens: [prompt], typedText: '', count: 1, temperature: 0, maxNewTokens: 8, seed: 1 },
  ...more,
});
const never = new AbortController().signal;

function open(path = join(temporaryFolder(), 'answers.jsonl')) {
  const policy = new TurnPolicy(['first', 'second', 'third']);
  return { path, policy, remembering: new RememberingPolicy(policy, path) };
}

const textOf = async (policy: RememberingPolicy, wanted: GenerateRequest) =>
  (await policy.generate(wanted, never)).map(({ text }) => text);

describe('a remembering policy', () => {
  it('writes once for each request, also after it was stopped', async () => {
    const { path, policy, remembering } = open();
    expect(await textOf(remembering, request(1))).toEqual(['first']);
    expect(await textOf(remembering, request(1))).toEqual(['first']);
    expect(policy.requests).toHaveLength(1);
    const again = open(path);
    expect(await textOf(again.remembering, request(1))).toEqual(['first']);
    expect(again.policy.requests).toHaveLength(0);
  });

  it.each<[what: string, other: Partial<GenerateRequest>]>([
    ['prompt', { promptTokens: [2] }],
    ['typed text', { typedText: 'x' }],
    ['seed', { seed: 2 }],
    ['text around the cursor', { references: ['a'] }],
  ])('writes anew for another %s', async (_, other) => {
    const { policy, remembering } = open();
    await textOf(remembering, request(1));
    await textOf(remembering, request(1, other));
    expect(policy.requests).toHaveLength(2);
  });

  it('writes anew where it goes on by another curve', async () => {
    const { path, policy, remembering } = open();
    await textOf(remembering, request(1));
    const further = { intercept: -1, slope: 1.5 };
    expect(await textOf(new RememberingPolicy(policy, path, further), request(1))).toEqual(['second']);
    expect(await textOf(new RememberingPolicy(policy, path, further), request(1))).toEqual(['second']);
    expect(policy.requests).toHaveLength(2);
  });

  it('goes on behind a line that a stop cut off', async () => {
    const { path, remembering } = open();
    await textOf(remembering, request(1));
    appendFileSync(path, '{"key":"ab","ms"');
    const again = open(path);
    expect(await textOf(again.remembering, request(2))).toEqual(['first']);
    const whole = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(whole.map((line) => Object.keys(JSON.parse(line) as object))).toHaveLength(2);
  });

  it('keeps nothing of what was cancelled', async () => {
    const { path, remembering } = open();
    const controller = new AbortController();
    controller.abort();
    await expect(remembering.generate(request(1), controller.signal)).rejects.toThrow(/abort/i);
    expect(await textOf(open(path).remembering, request(1))).toEqual(['first']);
  });

  it('tells how long writing took, also when it was long ago, and nothing where nothing was written', async () => {
    const { path, remembering } = open();
    await textOf(remembering, request(1));
    const ms = remembering.takeMs();
    expect(ms).toBeGreaterThan(0);
    expect(remembering.takeMs()).toBe(0);
    const again = open(path).remembering;
    await textOf(again, request(1));
    expect(again.takeMs()).toBe(ms);
  });
});
