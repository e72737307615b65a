import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Continuation } from '../../../src/engine/generation/continuation.ts';
import { ModelPolicy } from '../../../src/engine/generation/modelPolicy.ts';
import { deviceFailed } from '../../../src/engine/runtime/deviceErrors.ts';
import type { EngineSettings, LoadProgress } from '../../../src/process/clients.ts';
import { EngineHost } from '../../../src/process/serving/engineHost.ts';
import type { Serving } from '../../../src/process/engineMessages.ts';
import { sentence } from '../../../src/sentences/sentence.ts';
import { AdapterStore } from '../../../src/trainer/adapters/adapterStore.ts';
import { saying } from '../../support/saying.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';
import { promoteRandomAdapter, requestAt } from '../tinyServing.ts';

const never = new AbortController().signal;
const quietly = { signal: never, onProgress: () => undefined };

async function tinySettings(): Promise<EngineSettings> {
  const model = await writeTinyModelFolder();
  return { model, adaptersFolder: join(temporaryFolder(), 'adapters'), device: 'cpu', threads: 1 };
}

/** What the host writes at a cursor, whether or not it is worth offering. */
async function writtenBy(host: EngineHost) {
  const result = await host.complete(requestAt('const a = '), never);
  return { policyId: result.policyId, tokens: result.written?.completionTokens };
}

/** What the policy that serves and the base model answer to words. */
function answersTo(words: string, host: EngineHost): Promise<string[]> {
  return Promise.all((['serving', 'base'] as const).map((policy) => host.answer({ words, policy }, never)));
}

describe('the host of the engine', () => {
  it('has nothing to offer before a model is loaded', async () => {
    const host = new EngineHost();
    const result = await host.complete(requestAt('a = '), never);
    expect(result).toEqual({ kind: 'none', id: 'c1', reason: 'modelNotReady' });
    await expect(host.alternatives(requestAt('a = '), never)).rejects.toMatchObject({
      reason: 'modelNotReady',
    });
  });

  it('loads a model, says how far it is, and completes with it', async () => {
    const settings = await tinySettings();
    const host = new EngineHost();
    const phases: string[] = [];
    const onProgress = ({ phase }: { phase: string }) => phases.push(phase);
    expect(await host.load(settings, { signal: never, onProgress })).toEqual({
      policyId: settings.model,
      seesOnlyBefore: true,
    });
    expect(phases.at(-1)).toBe('load');
    expect(await writtenBy(host)).toMatchObject({ policyId: settings.model });
    const request = requestAt('const a = ', { count: 3, temperature: 1 });
    const texts = (await host.alternatives(request, never)).map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('reads a prompt ahead once a model is loaded, and completes as it would have', async () => {
    const settings = await tinySettings();
    const [host, other] = [new EngineHost(), new EngineHost()];
    const prepare = vi.spyOn(ModelPolicy.prototype, 'prepare');
    onTestFinished(() => prepare.mockRestore());
    await host.prepare(requestAt('const a = '), never);
    expect(prepare).not.toHaveBeenCalled();
    await host.load(settings, quietly);
    await other.load(settings, quietly);
    await host.prepare(requestAt('const a = '), never);
    const written = await host.complete(requestAt('const a = '), never);
    expect(prepare.mock.calls[0]![0]).toEqual(written.written!.promptTokens);
    expect({ ...written, latencyMs: 0 }).toEqual({
      ...(await other.complete(requestAt('const a = '), never)),
      latencyMs: 0,
    });
  });

  it('answers plain words with the policy that serves, and with the base model beside it', async () => {
    const settings = await tinySettings();
    let free = Infinity;
    const host = new EngineHost(() => free);
    await host.load(settings, quietly);
    const words = 'What is 2 + 2?';
    const base = await host.answer({ words, policy: 'serving' }, never);
    await promoteRandomAdapter(settings, 'one');
    await host.useServingAdapter(quietly);
    expect(await host.answer({ words, policy: 'base' }, never)).toBe(base);
    expect(await host.answer({ words, policy: 'serving' }, never)).not.toBe(base);
    free = 0;
    await expect(host.answer({ words, policy: 'base' }, never)).rejects.toMatchObject({
      reason: 'outOfMemory',
    });
    expect((await writtenBy(host)).policyId).toBe(`${settings.model}+one`);
  });

  it('measures how its policy runs, and says where and why there', async () => {
    const settings = await tinySettings();
    const host = new EngineHost();
    await expect(host.measure(never)).rejects.toMatchObject({ reason: 'modelNotReady' });
    await host.load(settings, quietly);
    const { speed, ...facts } = await host.measure(never);
    expect(facts).toMatchObject({ model: settings.model, device: 'cpu', why: saying('it was chosen') });
    expect(facts.runtimeVersion).toMatch(/^\d+\.\d+/);
    expect(speed.promptTokensPerSecond).toBeGreaterThan(0);
    expect(speed.msPerToken).toBeGreaterThan(0);
    await expect(host.measure(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it('serves the promoted adapter, and the base model again after a rollback', async () => {
    const settings = await tinySettings();
    const host = new EngineHost();
    await host.load(settings, quietly);
    const base = await writtenBy(host);
    expect(await host.promotedElsewhere()).toBeUndefined();
    await promoteRandomAdapter(settings, 'one');
    const policyId = `${settings.model}+one`;
    expect(await host.promotedElsewhere()).toBe(policyId);
    expect(await host.useServingAdapter(quietly)).toEqual({
      policyId,
      adapterId: 'one',
      seesOnlyBefore: true,
    });
    expect(await host.promotedElsewhere()).toBeUndefined();
    const adapted = await writtenBy(host);
    expect(adapted.policyId).toBe(policyId);
    expect(adapted.tokens).not.toEqual(base.tokens);
    const restarted = new EngineHost();
    expect(await restarted.load(settings, quietly)).toEqual({
      policyId,
      adapterId: 'one',
      seesOnlyBefore: true,
    });
    expect(await writtenBy(restarted)).toEqual(adapted);
    await new AdapterStore(settings.adaptersFolder).rollBack();
    expect(await host.promotedElsewhere()).toBe(settings.model);
    expect(await host.useServingAdapter(quietly)).toEqual({ policyId: settings.model, seesOnlyBefore: true });
    expect(await writtenBy(host)).toEqual(base);
  });

  it('merges an adapter while the policy before serves, and says how far it is', async () => {
    const settings = await tinySettings();
    const host = new EngineHost();
    await host.load(settings, quietly);
    await promoteRandomAdapter(settings, 'one');
    const heard: LoadProgress[] = [];
    let meanwhile: Promise<{ policyId?: string | undefined }> | undefined;
    const onProgress = (progress: LoadProgress): void => {
      heard.push(progress);
      meanwhile ??= writtenBy(host);
    };
    await host.useServingAdapter({ signal: never, onProgress });
    expect(new Set(heard.map(({ phase }) => phase))).toEqual(new Set(['merge']));
    expect(heard.at(-1)!.doneBytes).toBe(heard.at(-1)!.totalBytes);
    expect((await meanwhile)!.policyId).toBe(settings.model);
  });

  it('lets a policy go only once it has answered all that it was asked', async () => {
    const settings = await tinySettings();
    await promoteRandomAdapter(settings, 'one');
    const host = new EngineHost();
    await host.load(settings, quietly);
    await new AdapterStore(settings.adaptersFolder).rollBack();
    const generate = vi.spyOn(ModelPolicy.prototype, 'generate');
    onTestFinished(() => generate.mockRestore());
    const request = requestAt('const a = ', { count: 3, temperature: 1, maxNewTokens: 64 });
    const asked = host.alternatives(request, never);
    await host.useServingAdapter(quietly);
    await asked;
    // One alone, the others behind it.
    expect(generate).toHaveBeenCalledTimes(2);
    expect((await writtenBy(host)).policyId).toBe(settings.model);
  });

  it('lets what is asked while policies are exchanged wait for the next', async () => {
    const settings = await tinySettings();
    const host = new EngineHost();
    await host.load(settings, quietly);
    await promoteRandomAdapter(settings, 'one');
    const [abort, request] = [new AbortController(), requestAt('const a = ', { count: 3, temperature: 1 })];
    let meanwhile: Promise<unknown>[] = [];
    const dispose = vi.spyOn(ModelPolicy.prototype, 'dispose').mockImplementationOnce(() => {
      meanwhile = [writtenBy(host), host.alternatives(request, never), host.complete(request, abort.signal)];
      meanwhile.push(answersTo('a b', host));
      abort.abort();
      return Promise.resolve();
    });
    onTestFinished(() => dispose.mockRestore());
    await host.useServingAdapter(quietly);
    const [written, alternatives, cancelled, answers] = await Promise.all(meanwhile);
    expect(written).toMatchObject({ policyId: `${settings.model}+one` });
    expect(alternatives).toEqual(expect.any(Array));
    expect(cancelled).toMatchObject({ reason: 'cancelled' });
    expect(answers).toEqual(await answersTo('a b', host));
  });

  it('serves the next policy where the one before cannot be ended', async () => {
    const settings = await tinySettings();
    const host = new EngineHost();
    await host.load(settings, quietly);
    await promoteRandomAdapter(settings, 'one');
    const dispose = vi.spyOn(ModelPolicy.prototype, 'dispose').mockRejectedValueOnce(new Error('lost'));
    onTestFinished(() => dispose.mockRestore());
    await host.useServingAdapter(quietly);
    expect((await writtenBy(host)).policyId).toBe(`${settings.model}+one`);
  });

  it('goes on with the policy before when merging is cancelled', async () => {
    const settings = await tinySettings();
    const host = new EngineHost();
    await host.load(settings, quietly);
    await promoteRandomAdapter(settings, 'one');
    const abort = new AbortController();
    const changing = host.useServingAdapter({ signal: abort.signal, onProgress: () => abort.abort() });
    await expect(changing).rejects.toMatchObject({ name: 'AbortError' });
    expect((await writtenBy(host)).policyId).toBe(settings.model);
    expect(readdirSync(join(settings.adaptersFolder, 'one')).filter((name) => /int8/.test(name))).toEqual([]);
  });

  it('goes on with the policy before where the adapter that shall serve is damaged', async () => {
    const settings = await tinySettings();
    await promoteRandomAdapter(settings, 'one');
    const host = new EngineHost();
    await host.load(settings, quietly);
    await promoteRandomAdapter(settings, 'two');
    truncateSync(join(settings.adaptersFolder, 'two', 'adapter_model.safetensors'), 100);
    await expect(host.useServingAdapter(quietly)).rejects.toThrow(/^Adapter two is damaged: /);
    expect((await writtenBy(host)).policyId).toBe(`${settings.model}+one`);
  });

  it('says how far the adapter is that it merges as it loads', async () => {
    const settings = await tinySettings();
    await promoteRandomAdapter(settings, 'one');
    const phases: string[] = [];
    const onProgress = ({ phase }: LoadProgress) => phases.push(phase);
    await new EngineHost().load(settings, { signal: never, onProgress });
    expect(phases.at(-1)).toBe('merge');
  });

  const damages: [string, (settings: EngineSettings) => unknown, RegExp][] = [
    [
      'has damaged weights',
      ({ adaptersFolder }) => truncateSync(join(adaptersFolder, 'one', 'adapter_model.safetensors'), 100),
      /^Adapter one is damaged: .* Until then the base model serves\.$/,
    ],
    [
      'is gone',
      ({ adaptersFolder }) => rmSync(join(adaptersFolder, 'one'), { recursive: true }),
      /^There is no adapter one in .* Until then the base model serves\.$/,
    ],
    [
      'cannot be known, because the pointer is damaged',
      ({ adaptersFolder }) => writeFileSync(join(adaptersFolder, 'active.json'), '{'),
      /active\.json cannot be read, so the base model serves/,
    ],
    [
      'is for another model',
      (settings) => promoteRandomAdapter(settings, 'two', 'other'),
      /^Adapter two does not fit this model: it was trained on other, .* Until then the base model serves\.$/,
    ],
  ];

  it.each(damages)('serves the base model with a notice when the adapter %s', async (_, damage, notice) => {
    const settings = await tinySettings();
    await promoteRandomAdapter(settings, 'one');
    await damage(settings);
    const host = new EngineHost();
    const serving = await host.load(settings, quietly);
    expect(serving).toEqual({ policyId: settings.model, seesOnlyBefore: true, notice: saying(notice) });
    expect(await host.promotedElsewhere()).toBeUndefined();
    expect(await writtenBy(host)).toMatchObject({ policyId: settings.model });
  });
});

describe('a model that cannot be had', () => {
  const failures: [string, (settings: EngineSettings) => EngineSettings, string, RegExp][] = [
    [
      'is missing',
      (settings) => ({ ...settings, model: '/no/such/model' }),
      'modelMissing',
      /There is no model '\/no\/such\/model'\. Choose qwen/,
    ],
    [
      'is truncated',
      (settings) => {
        truncateSync(join(settings.model, 'model.safetensors'), 9000);
        return settings;
      },
      'modelDamaged',
      /model\.safetensors is damaged: .* Delete it and get it again\./,
    ],
    [
      'is not one',
      (settings) => {
        const path = join(settings.model, 'text.gguf');
        writeFileSync(path, 'not a model');
        return { ...settings, model: path };
      },
      'modelUnsupported',
      /text\.gguf .*: it is not a GGUF file: .*\. Choose a GGUF file/,
    ],
    [
      'is refused by the runtime',
      (settings) => ({ ...settings, threads: -1 }),
      'deviceFailed',
      /ONNX Runtime cannot load the graph/,
    ],
  ];

  it.each(failures)('that %s is one clear error', async (_, broken, reason, message) => {
    const load = new EngineHost().load(broken(await tinySettings()), quietly);
    await expect(load).rejects.toMatchObject({ name: 'EngineError', reason });
    await expect(load).rejects.toThrow(message);
  });

  it.each(failures)('that %s leaves the last good policy at work', async (_, broken, reason) => {
    const good = await tinySettings();
    const host = new EngineHost();
    await host.load(good, quietly);
    const before = await writtenBy(host);
    await expect(host.load(broken(await tinySettings()), quietly)).rejects.toMatchObject({ reason });
    expect(await writtenBy(host)).toEqual(before);
  });

  it('because memory is too short says how much is needed and how much there is', async () => {
    const load = new EngineHost(() => 100e6).load(await tinySettings(), quietly);
    await expect(load).rejects.toMatchObject({ name: 'EngineError', reason: 'outOfMemory' });
    await expect(load).rejects.toThrow(
      / needs 201 MB of memory and 100 MB are free\. Close other programs\.$/,
    );
  });

  it('leaves the last good policy at work when loading it is cancelled', async () => {
    const good = await tinySettings();
    const host = new EngineHost();
    await host.load(good, quietly);
    const cancelled = { ...quietly, signal: AbortSignal.abort() };
    await expect(host.load(await tinySettings(), cancelled)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await writtenBy(host)).toMatchObject({ policyId: good.model });
  });
});

it('tells when what served before cannot come back either', async () => {
  const host = new EngineHost();
  const heard: unknown[] = [];
  host.onServingLost((error) => heard.push(error));
  await host.load(await tinySettings(), quietly);
  const create = vi.spyOn(InferenceSession, 'create').mockRejectedValue(new Error('no memory'));
  onTestFinished(() => create.mockRestore());
  await expect(host.useServingAdapter(quietly)).rejects.toThrow(/no memory/);
  expect(heard).toEqual([expect.objectContaining({ reason: 'deviceFailed' })]);
  expect(await host.complete(requestAt('a = '), never)).toMatchObject({ reason: 'modelNotReady' });
  expect(await host.promotedElsewhere()).toBeUndefined();
});

describe('a device that fails at work', () => {
  it('in the middle of a completion costs that one, and the CPU writes it the next time', async () => {
    vi.stubEnv('ATTUNE_CACHE', temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const host = new EngineHost();
    await host.load({ ...(await tinySettings()), device: 'auto' }, quietly);
    const whole = await writtenBy(host);
    const lost = deviceFailed('webgpu', sentence`stopped at work`, new Error('the device was lost'));
    const accept = vi.spyOn(Continuation.prototype, 'accept');
    onTestFinished(() => accept.mockRestore());
    accept
      .mockImplementationOnce(() => undefined)
      .mockImplementationOnce(() => {
        throw lost;
      });
    await expect(host.complete(requestAt('const b = '), never)).rejects.toBe(lost);
    expect(await writtenBy(host)).toEqual(whole);
  });

  it('fails one completion, and the CPU serves from then on with one notice', async () => {
    vi.stubEnv('ATTUNE_CACHE', temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const settings = { ...(await tinySettings()), device: 'auto' } as const;
    const heard: Serving[] = [];
    const host = new EngineHost();
    host.onServingChanged((serving) => heard.push(serving));
    await host.load(settings, quietly);
    const before = await writtenBy(host);
    const lost = deviceFailed('webgpu', sentence`stopped at work`, new Error('the device was lost'));
    vi.spyOn(ModelPolicy.prototype, 'generate').mockRejectedValueOnce(lost).mockRejectedValueOnce(lost);
    const asked = [writtenBy(host), writtenBy(host)];
    for (const completion of asked)
      await expect(completion).rejects.toMatchObject({ reason: 'deviceFailed' });
    expect(heard).toEqual([
      {
        policyId: settings.model,
        seesOnlyBefore: true,
        notice: saying(/stopped at work: the device was lost\. .* Until then the CPU serves\.$/),
      },
    ]);
    expect(await writtenBy(host)).toEqual(before);
  });

  it('leaves nothing that serves where the CPU cannot load it either, and says so', async () => {
    vi.stubEnv('ATTUNE_CACHE', temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const heard: unknown[] = [];
    const host = new EngineHost();
    host.onServingLost((error) => heard.push(error));
    await host.load({ ...(await tinySettings()), device: 'auto' }, quietly);
    const lost = deviceFailed('webgpu', sentence`stopped at work`, new Error('the device was lost'));
    vi.spyOn(ModelPolicy.prototype, 'generate').mockRejectedValueOnce(lost);
    const full = new Error('There is no memory left.');
    const create = vi.spyOn(InferenceSession, 'create').mockRejectedValue(full);
    onTestFinished(() => create.mockRestore());
    await expect(writtenBy(host)).rejects.toBe(lost);
    expect(heard).toEqual([expect.objectContaining({ reason: 'deviceFailed' })]);
    expect(await host.complete(requestAt('a = '), never)).toMatchObject({ reason: 'modelNotReady' });
  });
});
