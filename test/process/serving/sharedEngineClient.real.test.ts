import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { EngineSettings } from '../../../src/process/clients.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { engineClient, until } from '../children.ts';
import { requestAt } from '../tinyServing.ts';

const never = new AbortController().signal;

/** Hot enough that some of the texts do not find the end of their line for a long time. */
const rambling = { count: 4, temperature: 2, maxNewTokens: 60 };

function smollm(): EngineSettings {
  return { model: 'smollm2-135m', adaptersFolder: temporaryFolder(), device: 'cpu', threads: 2 };
}

describe('SmolLM2 in the engine process', () => {
  it('writes code', async () => {
    const { client } = engineClient();
    await client.start(smollm());
    const request = requestAt('function add(a: number, b: number): number {\n  return a');
    const result = await client.complete(request, never);
    expect(result).toMatchObject({ kind: 'completion', policyId: 'smollm2-135m', text: ' + b;\n}' });
  });

  it('tells the first line of a block while it writes the rest', async () => {
    const { client } = engineClient();
    await client.start(smollm());
    const told: { readonly text: string; readonly atMs: number }[] = [];
    const block = 'def largest(numbers):\n    result = numbers[0]\n    for number in numbers:\n        ';
    const request = { ...requestAt(block), languageId: 'python' };
    const whole = await client.complete(request, never, {
      onFirstLine: ({ text }) => told.push({ text, atMs: performance.now() }),
    });
    const wholeMs = performance.now();
    expect(told).toHaveLength(1);
    expect(told[0]!.atMs).toBeLessThan(wholeMs);
    expect(told[0]!.text).not.toContain('\n');
    expect(whole).toMatchObject({ text: expect.stringContaining(`${told[0]!.text}\n`) as string });
  });

  // Within how many runs of the model it stops, test/engine/generation/modelPolicy.test.ts counts.
  it('stops writing in the middle when it is cancelled', async () => {
    const { client } = engineClient();
    await client.start(smollm());
    const controller = new AbortController();
    const request = requestAt('// Once upon a time, there was', rambling);
    const asked = client.alternatives(request, controller.signal, () => controller.abort());
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    expect(await client.complete(requestAt('const a = '), never)).toMatchObject({ policyId: 'smollm2-135m' });
  });

  it('loses one completion when it is killed, and writes the next', async () => {
    const { client, kill } = engineClient();
    await client.start(smollm());
    const long = 'const someNumber = anotherNumber + 1;\n'.repeat(200);
    const asked = client.complete(requestAt(long, { maxPromptTokens: 2000 }), never);
    await sleep(200);
    kill();
    expect(await asked).toMatchObject({ kind: 'none', reason: 'modelNotReady' });
    await until(() => client.state.kind === 'loading');
    await until(() => client.state.kind === 'ready');
    const next = await client.complete(requestAt('const a = '), never);
    expect(next).toMatchObject({ policyId: 'smollm2-135m' });
  });
});
