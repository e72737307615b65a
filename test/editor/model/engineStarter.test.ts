import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import type { Notices } from '../../../src/editor/notices.ts';
import { ModelConsent } from '../../../src/editor/model/modelConsent.ts';
import { parseSettings, settingsAt, type Settings } from '../../../src/editor/settings/settings.ts';
import type { EngineClient, EngineSettings, EngineState } from '../../../src/process/clients.ts';
import type { MissingModel } from '../../../src/process/missingModel.ts';

/** As much of VS Code as the starter knows; `cancel` is the button of the progress that is shown. */
const api = vi.hoisted(() => {
  const nothing = { dispose: () => undefined };
  const api = {
    cancel: (): void => undefined,
    commands: { executeCommand: () => Promise.resolve() },
    Disposable: { from: () => nothing },
    ProgressLocation: { Notification: 15 },
    window: {
      state: { focused: true },
      onDidChangeWindowState: () => nothing,
      onDidChangeActiveTextEditor: () => nothing,
      onDidChangeVisibleTextEditors: () => nothing,
      withProgress: (_: unknown, task: (progress: unknown, token: unknown) => unknown) =>
        task(
          { report: () => undefined },
          { onCancellationRequested: (end: () => void) => (api.cancel = end) },
        ),
    },
    workspace: { onDidOpenTextDocument: () => nothing },
  };
  return api;
});
vi.mock('vscode', () => api);
const disk = vi.hoisted((): { bytesOf: Record<string, number>; asked: () => void } => ({
  bytesOf: {},
  asked: () => undefined,
}));
vi.mock('../../../src/process/missingModel.ts', () => ({
  findMissing: (model: string): Promise<MissingModel | undefined> => {
    disk.asked();
    const bytes = disk.bytesOf[model] ?? 0;
    return Promise.resolve(bytes === 0 ? undefined : { model, bytes });
  },
}));
const { EngineStarter } = await import('../../../src/editor/model/engineStarter.ts');

const usual = settingsAt(parseSettings(() => undefined).settings, undefined);

/** An engine that loads until it is told, as the starter sees it, and what it was told. */
function fakeEngine() {
  const calls: string[] = [];
  const listeners = new Set<(state: EngineState) => void>();
  let loaded = (): void => undefined;
  const loading = new Promise<void>((resolve) => (loaded = resolve));
  const engine = {
    state: { kind: 'stopped' } as EngineState,
    onStateChanged: (listener: (state: EngineState) => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    start: ({ model, threads }: EngineSettings) => {
      calls.push(`start ${model} ${threads}`);
      return loading;
    },
    stop: () => void calls.push('stop'),
  } satisfies Partial<EngineClient>;
  const tell = (state: EngineState): void => {
    for (const listener of [...listeners]) listener(state);
  };
  return { engine: engine as Partial<EngineClient> as EngineClient, calls, tell, loaded };
}

/** A starter in a window with a document, unless told otherwise; `change` writes settings. */
function starting(first: Partial<Settings> = {}, isNeeded = () => true) {
  let value: Settings = { ...usual, model: 'small', threads: 1, ...first };
  let onChanged: (settings: Settings) => void = () => undefined;
  const said = new Map<string, unknown>();
  const consent = new ModelConsent({
    values: { get: (key) => said.get(key), update: (key, it) => Promise.resolve(void said.set(key, it)) },
    chosen: () => undefined,
  });
  const { engine, calls, tell, loaded } = fakeEngine();
  const changes = vi.fn();
  const starter = new EngineStarter({
    ...{ engine, consent, adaptersFolder: '/adapters', isNeeded, onChanged: changes },
    completer: { setPolicy: () => undefined },
    settings: {
      get value() {
        return value;
      },
      ownModel: () => undefined,
      onChanged: (listener) => {
        onChanged = listener;
        return {} as Partial<vscode.Disposable> as vscode.Disposable;
      },
    },
    notices: {} as Partial<Notices> as Notices,
  });
  const change = (settings: Partial<Settings>): void => {
    value = { ...value, ...settings };
    onChanged(value);
  };
  return { starter, consent, calls, tell, loaded, change, changes };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const converting: EngineState = { kind: 'loading', phase: 'convert', doneBytes: 0, totalBytes: 0 };

beforeEach(() => {
  disk.bytesOf = {};
});

afterEach(() => {
  disk.asked = () => undefined;
});

describe('EngineStarter, for a command', () => {
  it('waits for a model that is being loaded already', async () => {
    const { starter, calls, loaded } = starting();
    starter.start();
    const waiting = Promise.all([starter.startForCommand(), starter.startToLook()]);
    await expect(Promise.race([waiting, settled().then(() => 'waits')])).resolves.toBe('waits');
    loaded();
    await waiting;
    expect(calls).toEqual(['start small 1']);
  });

  it('starts the model that is wanted once it is known what is here', async () => {
    const { starter, calls, loaded, change } = starting();
    disk.bytesOf = { large: 9 };
    disk.asked = () => {
      disk.asked = () => undefined;
      change({ model: 'large' });
    };
    loaded();
    await expect(starter.startForCommand()).rejects.toMatchObject({ reason: 'modelNotHere' });
    expect(calls.filter((call) => call.startsWith('start'))).toEqual([]);
  });
});

describe('EngineStarter, for whoever only looks', () => {
  it('downloads nothing, though the user asked for the model', async () => {
    const { starter, consent, calls } = starting();
    disk.bytesOf = { small: 9 };
    consent.give('small');
    await expect(starter.startToLook()).rejects.toMatchObject({ reason: 'modelNotHere' });
    expect(calls).toEqual([]);
  });

  it('does not begin what the user ended', async () => {
    const { starter, calls, tell } = starting();
    starter.start();
    tell(converting);
    api.cancel();
    await settled();
    await starter.startToLook();
    expect(calls).toEqual(['start small 1', 'stop']);
  });

  it('starts a model that is here', async () => {
    const { starter, calls, loaded } = starting();
    loaded();
    await starter.startToLook();
    expect(calls).toEqual(['start small 1']);
  });
});

describe('EngineStarter', () => {
  it('begins what the user ended with another model, not with other threads', async () => {
    const { starter, calls, tell, change } = starting();
    starter.start();
    tell(converting);
    api.cancel();
    await settled();
    change({ threads: 2 });
    await settled();
    expect(calls).toEqual(['start small 1', 'stop']);
    change({ model: 'other' });
    await settled();
    expect(calls).toEqual(['start small 1', 'stop', 'start other 2']);
  });

  it('says once what is missing, however many documents come to the front', async () => {
    const { starter, calls, changes } = starting();
    disk.bytesOf = { small: 9 };
    await starter.follow();
    await starter.follow();
    expect(starter.missing).toEqual({ model: 'small', bytes: 9 });
    expect(calls).toEqual(['stop']);
    expect(changes).toHaveBeenCalledTimes(1);
    disk.bytesOf = { small: 4 };
    await starter.follow();
    expect(starter.missing).toEqual({ model: 'small', bytes: 4 });
  });

  it('says what is missing before there is anything to complete', async () => {
    const { starter, changes } = starting({}, () => false);
    disk.bytesOf = { small: 9 };
    expect(starter.isWaiting).toBe(true);
    await starter.follow();
    expect([starter.missing, starter.isWaiting]).toEqual([{ model: 'small', bytes: 9 }, false]);
    expect(changes).toHaveBeenCalledTimes(1);
  });

  it('starts a model that is here, or came meanwhile, with the first document only', async () => {
    let isNeeded = false;
    const { starter, calls, changes } = starting({}, () => isNeeded);
    await starter.follow();
    expect(changes).not.toHaveBeenCalled();
    disk.bytesOf = { small: 9 };
    await starter.follow();
    disk.bytesOf = {};
    await starter.follow();
    expect([starter.missing, starter.isWaiting]).toEqual([undefined, true]);
    isNeeded = true;
    await starter.follow();
    expect(calls).toEqual(['stop', 'start small 1']);
  });
});
