import { statSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type {
  Alternative,
  CompletionRequest,
  CompletionResult,
  PrepareRequest,
  WritingWatch,
} from '../../../src/completion/completion.ts';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import type { PolicyId } from '../../../src/engine/policy.ts';
import type { AnswerRequest, EngineFacts, EngineSettings, LoadWatch } from '../../../src/process/clients.ts';
import { findDoor, type Door } from '../../../src/process/serving/door.ts';
import type { EngineHost } from '../../../src/process/serving/engineHost.ts';
import { EngineServer } from '../../../src/process/serving/engineServer.ts';
import {
  alternativeWritten,
  complete,
  loadModel,
  answerWords,
  measure,
  prepare,
  servingChanged,
  showReferences,
  textWritten,
  useServingAdapter,
  writeAlternatives,
  type Serving,
} from '../../../src/process/engineMessages.ts';
import { enter, loadProgress, retire, retiring } from '../../../src/process/protocol.ts';
import type { ReferenceList } from '../../../src/process/references.ts';
import { dial, talkOver } from '../../../src/process/serving/socketTalk.ts';
import { quoted } from '../../../src/sentences/sentence.ts';
import { saying } from '../../support/saying.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { requestAt } from '../tinyServing.ts';

const ours = { version: '1.0.0', protocolVersion: 1 };
const settings: EngineSettings = { model: 'm', adaptersFolder: '', device: 'cpu', threads: 1 };
const base: Serving = { policyId: 'm' as PolicyId };
const adapted: Serving = { policyId: 'm+one' as PolicyId };

const measured: EngineFacts = {
  ...{ model: 'm', device: 'cpu', why: quoted('it was chosen'), runtimeVersion: '1.0.0', memoryBytes: 1 },
  speed: { promptTokensPerSecond: 100, msPerToken: 20 },
};

const alternative: Alternative = {
  kind: 'completion',
  id: 'c#1' as Alternative['id'],
  policyId: base.policyId,
  text: 'x',
  replacedChars: 0,
  written: {
    ...{ promptTokens: [1], typedText: '', completionTokens: [2], behaviourLogProbs: [-1] },
    ...{ freeFrom: 0, temperature: 1 },
  },
  latencyMs: 1,
  findings: ['parses'],
};

/** A host whose work ends when a test says so. */
function slowHost() {
  const loads: (LoadWatch & { readonly finish: () => void })[] = [];
  const writings: {
    readonly request: CompletionRequest;
    readonly signal: AbortSignal;
    readonly watch: WritingWatch;
    readonly finish: () => void;
  }[] = [];
  const preparing: { readonly request: PrepareRequest; readonly signal: AbortSignal }[] = [];
  const host = {
    load: vi.fn(
      (_: EngineSettings, options: LoadWatch) =>
        new Promise<Serving>((resolve, reject) => {
          options.signal.addEventListener('abort', () => reject(options.signal.reason as Error));
          loads.push({ ...options, finish: () => resolve(base) });
        }),
    ),
    promotedElsewhere: vi.fn(() => Promise.resolve<PolicyId | undefined>(undefined)),
    onServingChanged: vi.fn<EngineHost['onServingChanged']>(),
    onServingLost: vi.fn<EngineHost['onServingLost']>(),
    useServingAdapter: vi.fn(() => Promise.resolve(adapted)),
    complete: (request: CompletionRequest, signal: AbortSignal, watch: WritingWatch) =>
      new Promise<CompletionResult>((resolve) => {
        const finish = () => resolve({ kind: 'none', id: request.id, reason: 'silence' });
        signal.addEventListener('abort', finish);
        writings.push({ request, signal, watch, finish });
      }),
    prepare: (request: PrepareRequest, signal: AbortSignal) => {
      preparing.push({ request, signal });
      return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    },
    alternatives: vi.fn<EngineHost['alternatives']>(() => Promise.resolve([])),
    measure: () => Promise.resolve(measured),
    answer: ({ words, policy }: AnswerRequest) => Promise.resolve(`${policy}: ${words}`),
  };
  return { host, loads, writings, preparing };
}

/** An open server, and what it takes to reach it. */
async function openServer() {
  const place = { folder: temporaryFolder(), name: 'engine' };
  const clock = new VirtualClock();
  const exit = vi.fn();
  const log = vi.fn<(line: string) => void>();
  const { host, ...work } = slowHost();
  const server = new EngineServer({ place, build: ours, host, clock, log, exit });
  await server.open();
  const door = (await findDoor(place))!;
  return { place, clock, exit, log, host, door, ...work };
}

/** A connection that has not entered. */
async function knock(door: Door) {
  const talk = talkOver((await dial(door.address))!, () => undefined);
  onTestFinished(() => talk.dispose());
  talk.rpc.listen();
  return talk;
}

async function windowAt(door: Door, build = ours) {
  const talk = await knock(door);
  const theirs = await talk.rpc.request(enter, { ...build, token: door.token });
  return { ...talk, theirs };
}

describe('a window', () => {
  it('is given the answer of either policy to plain words', async () => {
    const { door } = await openServer();
    const { rpc } = await windowAt(door);
    const asked = { words: '2 + 2?', policy: 'base' } as const;
    expect(await rpc.request(answerWords, asked)).toEqual({ text: 'base: 2 + 2?' });
  });

  it('is told each alternative while others are written, and the log once why they were not parsed', async () => {
    const { door, host, log } = await openServer();
    const { rpc } = await windowAt(door);
    const told: unknown[] = [];
    rpc.hear(alternativeWritten, (message) => told.push(message));
    host.alternatives.mockImplementation((_, __, watch) => {
      watch?.onNoSyntax?.(new Error('no grammar'));
      watch?.onAlternative?.(alternative);
      return Promise.resolve([]);
    });
    const request = requestAt('a = ', { count: 2 });
    await rpc.request(writeAlternatives, request);
    await rpc.request(writeAlternatives, request);
    const message = { requestId: request.id, alternative };
    expect(told).toEqual([message, message]);
    expect(log.mock.calls).toEqual([['Alternatives are not parsed: Error: no grammar']]);
  });

  it('is told how the policy runs', async () => {
    const { door } = await openServer();
    const { rpc } = await windowAt(door);
    expect(await rpc.request(measure, {})).toEqual(measured);
  });

  it.skipIf(process.platform === 'win32')(
    'reaches the engine by files that only the user may open',
    async () => {
      const { place, door } = await openServer();
      const modes = [door.address, `${place.folder}/engine.json`].map((path) => statSync(path).mode & 0o777);
      expect(modes).toEqual([0o600, 0o600]);
    },
  );

  it('without the token is refused, and gets no other answer', async () => {
    const { door, host } = await openServer();
    for (const token of ['', 'é'.repeat(64), 'f'.repeat(64)]) {
      const { rpc } = await knock(door);
      const entering = rpc.request(enter, { ...ours, token });
      await expect(entering).rejects.toMatchObject({ name: 'ProcessError', reason: 'stranger' });
      await expect(rpc.request(loadModel, settings)).rejects.toThrow();
    }
    expect(host.load).not.toHaveBeenCalled();
  });

  it('of another build learns which this is, and gets no other answer', async () => {
    const { door, host } = await openServer();
    for (const build of [
      { ...ours, version: '0.9.0' },
      { ...ours, protocolVersion: 2 },
    ]) {
      const { rpc, theirs } = await windowAt(door, build);
      expect(theirs).toEqual(ours);
      await expect(rpc.request(loadModel, settings)).rejects.toThrow();
    }
    expect(host.load).not.toHaveBeenCalled();
  });

  it('that is gone has nothing written for it any more', async () => {
    const { door, writings } = await openServer();
    const { rpc, dispose } = await windowAt(door);
    const asked = rpc.request(complete, requestAt('a'));
    await vi.waitFor(() => expect(writings).toHaveLength(1));
    dispose();
    await expect(asked).rejects.toMatchObject({ reason: 'died' });
    await vi.waitFor(() => expect(writings[0]!.signal.aborted).toBe(true));
  });
});

it('gives each window its own references, those that it knows by their numbers', async () => {
  const { door, writings } = await openServer();
  const [one, other] = [await windowAt(door), await windowAt(door)];
  const ask = async ({ rpc }: typeof one, list: ReferenceList) => {
    const before = writings.length;
    rpc.notify(showReferences, { list });
    void rpc.request(complete, requestAt('a')).catch(() => undefined);
    await vi.waitFor(() => expect(writings).toHaveLength(before + 1));
    return writings.at(-1)!.request.references;
  };
  expect(await ask(one, ['a', 'b'])).toEqual(['a', 'b']);
  expect(await ask(other, [])).toEqual([]);
  expect(await ask(one, [1, 'c'])).toEqual(['b', 'c']);
});

it('tells the window that asked, and no other, what is being written', async () => {
  const { door, writings } = await openServer();
  const [one, other] = [await windowAt(door), await windowAt(door)];
  const heard: string[] = [];
  one.rpc.hear(textWritten, ({ id, text }) => heard.push(`${id} ${text}`));
  other.rpc.hear(textWritten, ({ text }) => heard.push(`other ${text}`));
  const asked = one.rpc.request(complete, requestAt('a'));
  await vi.waitFor(() => expect(writings).toHaveLength(1));
  writings[0]!.watch.onText?.('fo');
  writings[0]!.watch.onText?.('foo');
  writings[0]!.finish();
  await asked;
  await other.rpc.request(useServingAdapter, {});
  expect(heard).toEqual(['c1 fo', 'c1 foo']);
});

it('has a prompt read for a window, and no more of it when the window is gone', async () => {
  const { door, preparing } = await openServer();
  const { rpc, dispose } = await windowAt(door);
  const request = { prefix: 'a = ', suffix: '\n', promptSuffix: '', maxPromptTokens: 256 };
  const asked = rpc.request(prepare, request);
  await vi.waitFor(() => expect(preparing).toMatchObject([{ request, signal: { aborted: false } }]));
  dispose();
  await expect(asked).rejects.toMatchObject({ reason: 'died' });
  await vi.waitFor(() => expect(preparing[0]!.signal.aborted).toBe(true));
});

describe('a load', () => {
  it('that two windows wait for happens once, and both see how far it is', async () => {
    const { door, loads, host } = await openServer();
    const windows = [await windowAt(door), await windowAt(door)];
    const phases: string[] = [];
    for (const { rpc } of windows) rpc.hear(loadProgress, ({ phase }) => phases.push(phase));
    const asked = windows.map(({ rpc }) => rpc.request(loadModel, settings));
    await vi.waitFor(() => expect(loads).toHaveLength(1));
    // The second window's request has come when an answer to a later one has.
    await windows[1]!.rpc.request(useServingAdapter, {});
    loads[0]!.onProgress({ phase: 'convert', doneBytes: 0, totalBytes: 1 });
    await vi.waitFor(() => expect(phases).toEqual(['convert', 'convert']));
    loads[0]!.finish();
    expect(await Promise.all(asked)).toHaveLength(2);
    expect(host.load).toHaveBeenCalledTimes(1);
  });

  it('goes on when one of two windows goes, and ends when both do', async () => {
    const { door, loads } = await openServer();
    const windows = [await windowAt(door), await windowAt(door)];
    const asked = windows.map(({ rpc }) => rpc.request(loadModel, settings).catch(() => 'gone'));
    await windows[1]!.rpc.request(useServingAdapter, {});
    windows[0]!.dispose();
    expect(await asked[0]).toBe('gone');
    await windows[1]!.rpc.request(useServingAdapter, {});
    expect(loads[0]!.signal.aborted).toBe(false);
    windows[1]!.dispose();
    await vi.waitFor(() => expect(loads[0]!.signal.aborted).toBe(true));
  });

  it('that is over is not repeated for a window that comes later', async () => {
    const { door, loads, host } = await openServer();
    const asked = (await windowAt(door)).rpc.request(loadModel, settings);
    await vi.waitFor(() => loads[0]!.finish());
    expect(await asked).toEqual(base);
    expect(await (await windowAt(door)).rpc.request(loadModel, settings)).toEqual(base);
    expect(host.load).toHaveBeenCalledTimes(1);
  });
});

it('tells all windows, and those that come later, that another adapter serves', async () => {
  const { door } = await openServer();
  const [one, other] = [await windowAt(door), await windowAt(door)];
  const heard = new Promise((resolve) => other.rpc.hear(servingChanged, resolve));
  expect(await one.rpc.request(useServingAdapter, {})).toEqual(adapted);
  expect(await heard).toEqual(adapted);
  expect(await (await windowAt(door)).rpc.request(loadModel, settings)).toEqual(adapted);
});

it('serves with the next completion what was promoted elsewhere, and tells its windows', async () => {
  const { door, host, writings } = await openServer();
  host.promotedElsewhere.mockResolvedValueOnce(adapted.policyId);
  const { rpc } = await windowAt(door);
  const heard = new Promise((resolve) => rpc.hear(servingChanged, resolve));
  const asked = rpc.request(complete, requestAt('a'));
  expect(await heard).toEqual(adapted);
  writings[0]!.finish();
  await asked;
});

describe('what was promoted elsewhere and cannot serve', () => {
  /** A window of a server that has loaded its model, what it heard of what serves, and how it asks for a completion. */
  async function windowThatAsks() {
    const { door, host, loads, writings } = await openServer();
    const { rpc } = await windowAt(door);
    const loading = rpc.request(loadModel, settings);
    await vi.waitFor(() => loads[0]!.finish());
    await loading;
    const heard: Serving[] = [];
    rpc.hear(servingChanged, (serving) => heard.push(serving));
    const ask = async () => {
      const before = writings.length;
      const asked = rpc.request(complete, requestAt('a'));
      await vi.waitFor(() => expect(writings).toHaveLength(before + 1));
      writings.at(-1)!.finish();
      await asked;
    };
    return { door, host, heard, ask };
  }

  const notice = saying('It is too large. Until then what served before goes on.');
  const refused = (host: Awaited<ReturnType<typeof windowThatAsks>>['host']) => {
    host.promotedElsewhere.mockResolvedValue(adapted.policyId);
    host.useServingAdapter.mockRejectedValue(new Error('It is too large.'));
  };

  it('is tried once, however many completions are asked for, and all windows are told', async () => {
    const { door, host, heard, ask } = await windowThatAsks();
    refused(host);
    for (let asked = 0; asked < 4; asked++) await ask();
    await vi.waitFor(() => expect(heard).toEqual([{ ...base, notice }]));
    expect(host.useServingAdapter).toHaveBeenCalledTimes(1);
    expect(await (await windowAt(door)).rpc.request(loadModel, settings)).toEqual({ ...base, notice });
  });

  it('is forgotten when what serves is promoted again, and tried again after that', async () => {
    const { host, heard, ask } = await windowThatAsks();
    refused(host);
    await ask();
    host.promotedElsewhere.mockResolvedValueOnce(undefined);
    await ask();
    await vi.waitFor(() => expect(heard).toEqual([{ ...base, notice }, base]));
    host.useServingAdapter.mockResolvedValueOnce(adapted);
    await ask();
    await vi.waitFor(() => expect(heard.at(-1)).toEqual(adapted));
  });
});

describe('the engine ends', () => {
  it('when no window has used it for five seconds, and is not found from then on', async () => {
    const { door, place, clock, exit } = await openServer();
    const { dispose } = await windowAt(door);
    clock.advanceBy(60_000);
    expect(exit).not.toHaveBeenCalled();
    dispose();
    await vi.waitFor(() => expect(clock.pendingTimers).toBe(1));
    clock.advanceBy(4_999);
    expect(exit).not.toHaveBeenCalled();
    clock.advanceBy(1);
    expect(exit).toHaveBeenCalled();
    expect(await findDoor(place)).toBeUndefined();
    expect(await dial(door.address)).toBeUndefined();
  });

  it('not when a window comes back in time, as a reloaded one does', async () => {
    const { door, clock, exit } = await openServer();
    (await windowAt(door)).dispose();
    await vi.waitFor(() => expect(clock.pendingTimers).toBe(1));
    clock.advanceBy(4_000);
    await windowAt(door);
    clock.advanceBy(60_000);
    expect(exit).not.toHaveBeenCalled();
  });

  it('when no window comes at all', async () => {
    const { clock, exit } = await openServer();
    clock.advanceBy(5_000);
    expect(exit).toHaveBeenCalled();
  });

  it('for a newer build, after what it is writing, and tells its windows last', async () => {
    const { door, place, exit, writings } = await openServer();
    const window = await windowAt(door);
    const heard: string[] = [];
    window.rpc.hear(retiring, () => heard.push('retiring'));
    const asked = window.rpc.request(complete, requestAt('a')).then(() => heard.push('answer'));
    await vi.waitFor(() => expect(writings).toHaveLength(1));
    const newer = await windowAt(door, { ...ours, version: '1.0.1' });
    newer.rpc.notify(retire, {});
    await vi.waitFor(async () => expect(await findDoor(place)).toBeUndefined());
    expect(exit).not.toHaveBeenCalled();
    writings[0]!.finish();
    await asked;
    await vi.waitFor(() => expect(exit).toHaveBeenCalled());
    await vi.waitFor(() => expect(heard).toEqual(['answer', 'retiring']));
  });

  it('when nothing serves any more, and has its windows start another', async () => {
    const { door, place, exit, host, loads, log } = await openServer();
    const { rpc } = await windowAt(door);
    const loading = rpc.request(loadModel, settings);
    await vi.waitFor(() => loads[0]!.finish());
    await loading;
    const told = new Promise((resolve) => rpc.hear(retiring, () => resolve('retiring')));
    host.onServingLost.mock.calls[0]![0](new Error('There is no model at m.'));
    expect(await told).toBe('retiring');
    await vi.waitFor(() => expect(exit).toHaveBeenCalled());
    expect(await findDoor(place)).toBeUndefined();
    expect(log.mock.calls.at(-1)).toEqual([
      'What served before could not be loaded again: Error: There is no model at m.',
    ]);
  });

  it('for no window of an older or of its own build', async () => {
    const { door, place } = await openServer();
    for (const build of [ours, { ...ours, version: '0.9.9' }]) {
      const { rpc } = await windowAt(door, build);
      await rpc.tell(retire, {});
      await rpc.request(enter, { ...build, token: door.token });
    }
    expect(await findDoor(place)).toEqual(door);
  });
});
