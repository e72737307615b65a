import { spawn } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../../src/completion/virtualClock.ts';
import type { EngineSettings } from '../../src/process/clients.ts';
import { findDoor, placeOf } from '../../src/process/serving/door.ts';
import type { SharedEngineClient } from '../../src/process/serving/sharedEngineClient.ts';
import { saying } from '../support/saying.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';
import { engineClient, entry, isAlive, newestProcess, startedProcesses, until } from './children.ts';
import { promoteRandomAdapter, requestAt } from './tinyServing.ts';

const never = new AbortController().signal;

async function tinySettings(): Promise<EngineSettings> {
  const adaptersFolder = join(temporaryFolder(), 'adapters');
  return { model: await writeTinyModelFolder(), adaptersFolder, device: 'cpu', threads: 1 };
}

/** Two windows of one user, which want the same of an engine. */
async function twoWindows(clock?: VirtualClock) {
  const folder = temporaryFolder();
  const options = clock === undefined ? { folder } : { folder, clock };
  const [one, other] = [engineClient(options), engineClient(options)];
  const started = () => [...startedProcesses(one.log), ...startedProcesses(other.log)];
  return { one, other, folder, started, settings: await tinySettings() };
}

/** What a window writes at a cursor: with which policy, or why nothing. */
async function asked(client: SharedEngineClient) {
  const result = await client.complete(requestAt('const a = '), never);
  return result.policyId ?? (result.kind === 'none' ? result.reason : undefined);
}

describe('two windows', () => {
  it('that start at once share one engine', async () => {
    const { one, other, started, settings } = await twoWindows();
    await Promise.all([one.client.start(settings), other.client.start(settings)]);
    expect(started()).toHaveLength(1);
    const answers = await Promise.all([asked(one.client), asked(other.client)]);
    expect(answers).toEqual([settings.model, settings.model]);
  });

  it('keep the engine as long as one of them needs it', async () => {
    const { one, other, folder, started, settings } = await twoWindows();
    await one.client.start(settings);
    await other.client.start(settings);
    one.client.dispose();
    // Longer than an engine that nobody uses stays.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect(await asked(other.client)).toBe(settings.model);
    other.client.dispose();
    await until(() => !started().some(isAlive));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('have an engine each where they want different models', async () => {
    const { one, other, started, settings } = await twoWindows();
    const others = await tinySettings();
    await Promise.all([one.client.start(settings), other.client.start(others)]);
    expect(started()).toHaveLength(2);
    expect([await asked(one.client), await asked(other.client)]).toEqual([settings.model, others.model]);
  });

  it('cancel only what is their own', async () => {
    const { one, other, settings } = await twoWindows();
    await Promise.all([one.client.start(settings), other.client.start(settings)]);
    const controller = new AbortController();
    const cancelled = one.client.complete(requestAt('const a = '), controller.signal);
    const kept = other.client.complete(requestAt('const a = '), never);
    controller.abort();
    expect(await cancelled).toMatchObject({ kind: 'none', reason: 'cancelled' });
    expect(await kept).toMatchObject({ policyId: settings.model });
  });

  it('both serve an adapter that is promoted in one of them', async () => {
    const { one, other, settings } = await twoWindows();
    await Promise.all([one.client.start(settings), other.client.start(settings)]);
    await promoteRandomAdapter(settings, 'one');
    const policyId = `${settings.model}+one`;
    await one.client.useServingAdapter();
    await until(() => other.client.state.kind === 'ready' && other.client.state.policyId === policyId);
    expect(await asked(other.client)).toBe(policyId);
  });

  it('both serve it also where they have an engine each, from the next completion on', async () => {
    const { one, other, settings } = await twoWindows();
    await Promise.all([one.client.start(settings), other.client.start({ ...settings, threads: 2 })]);
    await promoteRandomAdapter(settings, 'one');
    await one.client.useServingAdapter();
    const policyId = `${settings.model}+one`;
    expect(await asked(other.client)).toBe(settings.model);
    await until(() => other.client.state.kind === 'ready' && other.client.state.policyId === policyId);
    expect(await asked(other.client)).toBe(policyId);
  });

  it('lose only what was being written when the engine is killed, and one of them starts it again', async () => {
    const { one, other, started, settings } = await twoWindows();
    await Promise.all([one.client.start(settings), other.client.start(settings)]);
    const writing = [one, other].map(({ client }) => client.complete(requestAt('const a = '), never));
    started().forEach((id) => process.kill(id, 'SIGKILL'));
    for (const result of await Promise.all(writing))
      expect(result).toMatchObject({ reason: 'modelNotReady' });
    const next = await Promise.all([asked(one.client), asked(other.client)]);
    expect(next).toEqual([settings.model, settings.model]);
    expect(started()).toHaveLength(2);
  });
});

describe('a window that chooses another model', () => {
  it('goes on with the one before, and says why, when it cannot be had', async () => {
    const { client } = engineClient();
    const settings = await tinySettings();
    await client.start(settings);
    await client.start({ ...settings, model: '/no/such/model' });
    expect(client.state).toEqual({
      kind: 'ready',
      policyId: settings.model,
      seesOnlyBefore: true,
      notice: saying(/^There is no model .* Until then .* serves\.$/),
    });
    expect(await asked(client)).toBe(settings.model);
  });
});

describe('windows of two versions', () => {
  it('that meet: the newer one takes over, and the older one has an engine of its own', async () => {
    const folder = temporaryFolder();
    const settings = await tinySettings();
    const older = engineClient({ folder, version: '0.9.0' });
    await older.client.start(settings);
    const first = newestProcess(older.log);
    const newer = engineClient({ folder, version: '0.10.0' });
    await newer.client.start(settings);
    expect(newer.client.state).toEqual({ kind: 'ready', policyId: settings.model, seesOnlyBefore: true });
    expect(isAlive(first)).toBe(false);
    await until(() => older.client.state.kind === 'ready' && older.client.state.notice !== undefined);
    expect(older.client.state).toMatchObject({
      notice: saying(/another window runs version 0\.10\.0, this one still 0\.9\.0/),
    });
    expect([await asked(older.client), await asked(newer.client)]).toEqual([settings.model, settings.model]);
    expect(older.log.join('\n')).not.toContain('unexpectedly');
  });

  it('that meet: the older one leaves the newer one alone, and shares with others of its own', async () => {
    const folder = temporaryFolder();
    const settings = await tinySettings();
    const newer = engineClient({ folder, version: '2.0.0' });
    await newer.client.start(settings);
    const older = [engineClient({ folder }), engineClient({ folder })];
    await Promise.all(older.map(({ client }) => client.start(settings)));
    expect(older.flatMap(({ log }) => startedProcesses(log))).toHaveLength(1);
    for (const { client } of older) expect(await asked(client)).toBe(settings.model);
    expect(startedProcesses(newer.log)).toHaveLength(1);
    expect(await asked(newer.client)).toBe(settings.model);
  });

  it('are told to reload where the program on the disk is newer than the window', async () => {
    const { client } = engineClient({ entryPath: join(import.meta.dirname, 'engineOfNewerProtocol.ts') });
    await client.start(await tinySettings());
    expect(client.state).toEqual({
      kind: 'failed',
      sentence: saying(/^Attune was updated: .* this window is reloaded/),
    });
  });
});

describe('what a killed engine leaves', () => {
  it('is taken over by the next', async () => {
    const folder = temporaryFolder();
    const settings = await tinySettings();
    const before = engineClient({ folder, clock: new VirtualClock() });
    await before.client.start(settings);
    const place = placeOf(folder, settings);
    const left = await findDoor(place);
    before.kill();
    await until(() => before.client.state.kind === 'loading');
    before.client.dispose();
    const { client } = engineClient({ folder });
    await client.start(settings);
    expect(await asked(client)).toBe(settings.model);
    const door = await findDoor(place);
    expect(door?.address).not.toBe(left?.address);
    const sockets = readdirSync(folder).filter((name) => name.endsWith('.sock'));
    expect(sockets).toHaveLength(1);
  });

  it('does not matter where it cannot even be read', async () => {
    const folder = temporaryFolder();
    const settings = await tinySettings();
    const { name } = placeOf(folder, settings);
    writeFileSync(join(folder, `${name}.json`), '{ half');
    const { client } = engineClient({ folder });
    await client.start(settings);
    expect(await asked(client)).toBe(settings.model);
  });
});

// Windows has no such signal.
it.skipIf(process.platform === 'win32')('ends an engine that hangs, and starts another', async () => {
  const folder = temporaryFolder();
  const settings = await tinySettings();
  const before = engineClient({ folder });
  await before.client.start(settings);
  process.kill(newestProcess(before.log), 'SIGSTOP');
  const clock = new VirtualClock();
  const after = engineClient({ folder, clock });
  const starting = after.client.start(settings);
  await until(() => clock.pendingTimers > 0);
  clock.advanceBy(60_000);
  await starting;
  expect(await asked(after.client)).toBe(settings.model);
});

it('says what to do when other users could enter the folder where windows meet', async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const { client } = engineClient({ folder });
  await client.start(await tinySettings());
  const sentence = saying(/ can be entered by other users\. Remove it, or set /);
  expect(client.state).toEqual({ kind: 'failed', sentence });
});

describe('an engine whose first window is killed', () => {
  /** A window in a process of its own that has started the engine, and what it says. */
  async function windowThatDies(folder: string, settings: EngineSettings) {
    const script = join(import.meta.dirname, 'windowThatDies.ts');
    const args = [script, entry('engineProcess.ts'), folder, JSON.stringify(settings)];
    const window = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void window.kill('SIGKILL'));
    const log: string[] = [];
    createInterface({ input: window.stdout }).on('line', (line) => log.push(line));
    await until(() => log.includes('ready'));
    return { kill: () => window.kill('SIGKILL'), engine: newestProcess(log) };
  }

  it('goes on for the other one, and ends with that', async () => {
    const folder = temporaryFolder();
    const settings = await tinySettings();
    const dying = await windowThatDies(folder, settings);
    const { client, log } = engineClient({ folder });
    await client.start(settings);
    dying.kill();
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect(await asked(client)).toBe(settings.model);
    expect(startedProcesses(log)).toEqual([]);
    client.dispose();
    await until(() => !isAlive(dying.engine));
  });
});
