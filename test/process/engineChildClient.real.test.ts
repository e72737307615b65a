import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { EngineSettings } from '../../src/process/clients.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { engineClient, until } from './children.ts';
import { requestAt } from './tinyServing.ts';

const never = new AbortController().signal;

/** Prose has no end of a line in sight, so the policy writes until it is stopped. */
const endless = requestAt('// Once upon a time, there was a small editor that', { maxNewTokens: 400 });

function smollm(): EngineSettings {
  return { model: 'smollm2-135m', adaptersFolder: temporaryFolder(), device: 'auto', threads: 2 };
}

describe('SmolLM2 in the engine process', () => {
  it('writes code', async () => {
    const { client } = engineClient();
    await client.start(smollm());
    const request = requestAt('function add(a: number, b: number): number {\n  return a');
    const result = await client.complete(request, never);
    expect(result).toMatchObject({ kind: 'completion', policyId: 'smollm2-135m', text: ' + b;' });
  });

  it('stops writing within a few tokens when it is cancelled', async () => {
    const { client } = engineClient();
    await client.start(smollm());
    const startedMs = performance.now();
    const whole = await client.complete({ ...endless, maxNewTokens: 20 }, never);
    const tokenMs = (performance.now() - startedMs) / (whole.written?.completionTokens.length ?? 1);
    const controller = new AbortController();
    const asked = client.complete(endless, controller.signal);
    await sleep(3 * tokenMs);
    const abortedMs = performance.now();
    controller.abort();
    expect(await asked).toMatchObject({ kind: 'none', reason: 'cancelled' });
    // One token, and whatever else the machine does meanwhile.
    expect(performance.now() - abortedMs).toBeLessThan(5 * tokenMs + 200);
  });

  it('loses one completion when it is killed, and writes the next', async () => {
    const { client, kill } = engineClient();
    await client.start(smollm());
    const asked = client.complete(endless, never);
    await sleep(300);
    kill();
    expect(await asked).toMatchObject({ kind: 'none', reason: 'modelNotReady' });
    await until(() => client.state.kind === 'loading');
    await until(() => client.state.kind === 'ready');
    const next = await client.complete({ ...endless, maxNewTokens: 4 }, never);
    expect(next).toMatchObject({ policyId: 'smollm2-135m' });
  });
});
