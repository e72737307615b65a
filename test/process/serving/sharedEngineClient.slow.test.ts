import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CompletionId } from '../../../src/completion/completion.ts';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import type { EngineSettings } from '../../../src/process/clients.ts';
import type { SharedEngineClient } from '../../../src/process/serving/sharedEngineClient.ts';
import { saying } from '../../support/saying.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';
import { engineClient, isAlive, newestProcess, startedProcesses, until } from '../children.ts';
import { promoteRandomAdapter, requestAt } from '../tinyServing.ts';

const never = new AbortController().signal;
const missing: EngineSettings = { model: '/no/such/model', adaptersFolder: '', device: 'cpu', threads: 1 };

async function tinySettings(): Promise<EngineSettings> {
  const adaptersFolder = join(temporaryFolder(), 'adapters');
  return { ...missing, model: await writeTinyModelFolder(), adaptersFolder };
}

/** The states of a client from now on, as short texts. */
function statesOf(client: SharedEngineClient): string[] {
  const states: string[] = [];
  client.onStateChanged((state) => states.push(state.kind === 'loading' ? state.phase : state.kind));
  return states;
}

async function isWriting(client: SharedEngineClient): Promise<boolean> {
  return (await client.complete(requestAt('const a = '), never)).policyId !== undefined;
}

/** Resolves in the state after a crash, with the restart's timer set. */
async function untilRestart(client: SharedEngineClient, clock: VirtualClock): Promise<void> {
  await until(() => clock.pendingTimers > 0 || client.state.kind === 'failed');
}

describe('the engine of one window', () => {
  it('loads a model, completes with it, and is gone soon after it is disposed', async () => {
    const { client, log } = engineClient();
    const states = statesOf(client);
    expect((await client.complete(requestAt('a'), never)).kind).toBe('none');
    const settings = await tinySettings();
    await client.start(settings);
    expect(states[0]).toBe('start');
    expect(states.slice(-2)).toEqual(['load', 'ready']);
    expect(client.state).toEqual({ kind: 'ready', policyId: settings.model, seesOnlyBefore: true });
    expect(await isWriting(client)).toBe(true);
    const request = requestAt('const a = ', { count: 2, temperature: 1 });
    const told: CompletionId[] = [];
    const alternatives = await client.alternatives(request, never, ({ id }) => told.push(id));
    expect(alternatives.map(({ id }) => id).toSorted()).toEqual(told.toSorted());
    expect(alternatives.every(({ policyId }) => policyId === settings.model)).toBe(true);
    client.dispose();
    expect(states.at(-1)).toBe('stopped');
    await until(() => !isAlive(newestProcess(log)));
  });

  it('changes to the adapter that serves now when it is told to', async () => {
    const { client } = engineClient();
    const settings = await tinySettings();
    await client.start(settings);
    await promoteRandomAdapter(settings, 'one');
    const policyId = `${settings.model}+one`;
    await client.useServingAdapter();
    expect(client.state).toEqual({ kind: 'ready', policyId, adapterId: 'one', seesOnlyBefore: true });
    expect(await client.complete(requestAt('const a = '), never)).toMatchObject({ policyId });
  });

  it('says once and clearly why there is no model, and takes another one then', async () => {
    const { client } = engineClient();
    const states = statesOf(client);
    await client.start(missing);
    const sentence = saying(/^There is no model '\/no\/such\/model'\. Choose/);
    expect(client.state).toEqual({ kind: 'failed', sentence });
    expect(states).toEqual(['start', 'failed']);
    const reason = 'modelNotReady';
    expect(await client.complete(requestAt('a'), never)).toEqual({ kind: 'none', id: 'c1', reason });
    await expect(client.alternatives(requestAt('a'), never)).rejects.toMatchObject({ reason, sentence });
    await client.start(await tinySettings());
    expect(client.state.kind).toBe('ready');
  });

  it('serves what was asked for last when it is asked for two models at once', async () => {
    const { client } = engineClient();
    const [first, second] = [await tinySettings(), await tinySettings()];
    await Promise.all([client.start(first), client.start(second)]);
    expect(client.state).toMatchObject({ kind: 'ready', policyId: second.model });
  });

  it('is left when it is stopped, also while it loads, and can be started again', async () => {
    const { client } = engineClient();
    const settings = await tinySettings();
    const stopping = client.onStateChanged((state) => {
      if (state.kind === 'loading' && state.phase === 'load') client.stop();
    });
    await client.start(settings);
    stopping.dispose();
    expect(client.state).toEqual({ kind: 'stopped' });
    await client.start(settings);
    expect(await isWriting(client)).toBe(true);
  });

  it('answers a cancelled completion as cancelled', async () => {
    const { client } = engineClient();
    await client.start(await tinySettings());
    const controller = new AbortController();
    const asked = client.complete(requestAt('const a = '), controller.signal);
    controller.abort();
    expect(await asked).toMatchObject({ kind: 'none', reason: 'cancelled' });
    expect(await isWriting(client)).toBe(true);
  });
});

describe('an engine that dies', () => {
  it('loses the completion that it was writing, comes back with its adapter, and writes the next', async () => {
    const clock = new VirtualClock();
    const { client, kill } = engineClient({ clock });
    const settings = await tinySettings();
    await promoteRandomAdapter(settings, 'one');
    await client.start(settings);
    const { state } = client;
    const states = statesOf(client);
    const asked = client.complete(requestAt('const a = '), never);
    const alternatives = client.alternatives(requestAt('const a = ', { count: 2 }), never);
    kill();
    await expect(alternatives).rejects.toThrow('The engine stopped before it answered.');
    expect(await asked).toEqual({ kind: 'none', id: 'c1', reason: 'modelNotReady' });
    const next = isWriting(client);
    await untilRestart(client, clock);
    clock.advanceBy(0);
    expect(await next).toBe(true);
    expect(client.state).toEqual(state);
    expect(states).toEqual(['restart', 'restart', 'load', 'ready']);
  });

  it('keeps a completion waiting no longer than that is wanted, or than it is coming back', async () => {
    const clock = new VirtualClock();
    const { client, kill } = engineClient({ clock });
    const settings = await tinySettings();
    await client.start(settings);
    kill();
    await untilRestart(client, clock);
    expect(client.state).toMatchObject({ kind: 'loading', returning: settings.model });
    const controller = new AbortController();
    const cancelled = client.complete(requestAt('a'), controller.signal);
    controller.abort();
    expect(await cancelled).toMatchObject({ kind: 'none', reason: 'cancelled' });
    const waiting = client.complete(requestAt('a'), never);
    client.stop();
    expect(await waiting).toMatchObject({ kind: 'none', reason: 'modelNotReady' });
  });

  it('is not started a fourth time when it died three times within a minute, until the user asks', async () => {
    const clock = new VirtualClock();
    const { client, kill } = engineClient({ clock });
    const settings = await tinySettings();
    await client.start(settings);
    for (const delayMs of [0, 5000, 0]) {
      kill();
      await untilRestart(client, clock);
      clock.advanceBy(delayMs);
      await until(() => client.state.kind !== 'loading');
    }
    const sentence = saying(
      /^The engine stopped 3 times within 1 min \(the last time: its connection closed\), .* reload the window to try again\.$/,
    );
    expect(client.state).toEqual({ kind: 'failed', sentence });
    expect(clock.pendingTimers).toBe(0);
    await client.start(settings);
    expect(await isWriting(client)).toBe(true);
  });

  it('ends a start that can never succeed with the reason', async () => {
    const clock = new VirtualClock();
    const { client, log } = engineClient({ entryPath: join(import.meta.dirname, 'nothing.ts'), clock });
    const started = client.start(missing);
    for (const delayMs of [0, 5000]) {
      await untilRestart(client, clock);
      clock.advanceBy(delayMs);
    }
    await started;
    const sentence = saying(/\(the last time: exit code 1\)/);
    expect(client.state).toEqual({ kind: 'failed', sentence });
    expect(log.join('\n')).toContain("Cannot find module '");
  });

  it('that this system cannot load ONNX Runtime for says so at once, and what that needs', async () => {
    const folder = temporaryFolder();
    symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(folder, 'node_modules'), 'junction');
    writeFileSync(join(folder, 'onnxruntime_binding.node'), 'for another system');
    const entryPath = join(folder, 'engine.cjs');
    writeFileSync(entryPath, "require('./onnxruntime_binding.node');");
    const { client, log } = engineClient({ entryPath });
    await client.start(missing);
    const sentence = saying(
      /ONNX Runtime could not be loaded: .*onnxruntime_binding\.node.*\. It needs glibc/,
    );
    expect(client.state).toEqual({ kind: 'failed', sentence });
    expect(startedProcesses(log)).toHaveLength(1);
  });

  it('is not started again while the user has turned it off', async () => {
    const clock = new VirtualClock();
    const { client, kill, log } = engineClient({ clock });
    await client.start(await tinySettings());
    kill();
    await untilRestart(client, clock);
    client.dispose();
    clock.advanceBy(60_000);
    expect(client.state).toEqual({ kind: 'stopped' });
    expect(startedProcesses(log)).toHaveLength(1);
  });
});
