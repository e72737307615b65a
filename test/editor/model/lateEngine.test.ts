import { describe, expect, it } from 'vitest';
import type { CompletionId, CompletionRequest } from '../../../src/completion/completion.ts';
import { LateEngine } from '../../../src/editor/model/lateEngine.ts';
import type { PolicyId } from '../../../src/engine/policy.ts';
import type { EngineClient, EngineSettings, EngineState } from '../../../src/process/clients.ts';

const settings: EngineSettings = { model: 'small', adaptersFolder: '/adapters', device: 'cpu', threads: 1 };
const ready: EngineState = { kind: 'ready', policyId: 'small' as PolicyId };
const { signal } = new AbortController();
const request: CompletionRequest = {
  ...{ id: '1' as CompletionId, prefix: 'a', suffix: '', languageId: 'go', trigger: 'automatic' },
  ...{ count: 1, temperature: 0, seed: 0, maxPromptTokens: 64, maxNewTokens: 8 },
};

/** A late engine, what its client was told, and how often that was loaded. */
function lateEngine() {
  const calls: string[] = [];
  const listeners: ((state: EngineState) => void)[] = [];
  let state: EngineState = { kind: 'stopped' };
  const client: EngineClient = {
    get state() {
      return state;
    },
    onStateChanged: (listener) => (listeners.push(listener), { dispose: () => undefined }),
    start: ({ model }) => {
      calls.push(`start ${model}`);
      state = ready;
      for (const listener of listeners) listener(state);
      return Promise.resolve();
    },
    stop: () => calls.push('stop'),
    dispose: () => calls.push('dispose'),
    useServingAdapter: () => Promise.resolve(void calls.push('useServingAdapter')),
    complete: ({ id }) => Promise.resolve({ kind: 'none', id, reason: 'silence' }),
    prepare: () => Promise.resolve(void calls.push('prepare')),
    alternatives: () => Promise.resolve([]),
    answer: ({ words }) => Promise.resolve(`answer to ${words}`),
    measure: () => Promise.reject(new Error('not measured')),
  };
  const engine = new LateEngine(
    () => (calls.push('load'), Promise.resolve(client)),
    () => Promise.resolve(void calls.push('start for a command')),
  );
  return { engine, calls };
}

describe('LateEngine', () => {
  it('has no policy and loads nothing before it is started', async () => {
    const { engine, calls } = lateEngine();
    expect(engine.state).toEqual({ kind: 'stopped' });
    expect(await engine.complete(request, signal)).toEqual({
      kind: 'none',
      id: '1',
      reason: 'modelNotReady',
    });
    await engine.prepare(request, signal);
    await engine.useServingAdapter();
    engine.stop();
    expect(calls).toEqual([]);
  });

  it('tells of the engine’s states from the start on, and asks it', async () => {
    const { engine, calls } = lateEngine();
    const states: EngineState[] = [];
    const listening = engine.onStateChanged((state) => states.push(state));
    await engine.start(settings);
    expect([states, engine.state]).toEqual([[ready], ready]);
    expect(await engine.complete(request, signal)).toMatchObject({ reason: 'silence' });
    await engine.prepare(request, signal);
    await engine.useServingAdapter();
    listening.dispose();
    await engine.start(settings);
    expect(states).toHaveLength(1);
    expect(calls).toEqual(['load', 'start small', 'prepare', 'useServingAdapter', 'start small']);
  });

  it('has the engine started for what a command asks, and lets the client say that there is no policy to answer', async () => {
    const { engine, calls } = lateEngine();
    expect(await engine.answer({ words: '2 + 2', policy: 'base' }, signal)).toBe('answer to 2 + 2');
    await expect(engine.measure(signal)).rejects.toThrow('not measured');
    expect(await engine.alternatives(request, signal)).toEqual([]);
    expect(calls).toEqual(['start for a command', 'load', 'start for a command']);
  });

  it.each(['stop', 'dispose'] as const)('%s while the client is loaded leaves it unstarted', async (end) => {
    const { engine, calls } = lateEngine();
    const starting = engine.start(settings);
    engine[end]();
    await starting;
    expect(calls).toEqual(['load']);
  });

  it('starts with the newest settings alone', async () => {
    const { engine, calls } = lateEngine();
    await Promise.all([engine.start(settings), engine.start({ ...settings, model: 'large' })]);
    expect(calls).toEqual(['load', 'start large']);
  });
});
