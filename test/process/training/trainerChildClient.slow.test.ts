import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/completion/systemClock.ts';
import { openFeedbackStore } from '../../../src/feedback/storing/sqliteFeedbackStore.ts';
import type { LoadProgress, RetrainSettings, RetrainSummary } from '../../../src/process/clients.ts';
import { ClusterChildClient } from '../../../src/process/cluster/clusterChildClient.ts';
import type { TrainerChildClient } from '../../../src/process/training/trainerChildClient.ts';
import { touchWantedFile } from '../../../src/process/training/wantedFile.ts';
import type { RetrainProgress } from '../../../src/trainer/retrainRun.ts';
import { modelToConvert } from '../../support/modelToConvert.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';
import { savedAdapter } from '../../trainer/savedAdapter.ts';
import { engineClient, entry, isAlive, newestProcess, trainerClient, until } from '../children.ts';
import { requestAt } from '../tinyServing.ts';
import { storeTinyWork, tinyRetraining } from '../tinyWork.ts';

const never = new AbortController().signal;

async function tinyWork(): Promise<RetrainSettings> {
  const settings = await tinyRetraining();
  storeTinyWork(settings.storePath);
  return settings;
}

/** Runs to the end; gives the stages in the order they were reported. */
async function run(client: TrainerChildClient, settings: RetrainSettings) {
  const stages: string[] = [];
  const onProgress = ({ stage }: RetrainProgress) => {
    if (stages.at(-1) !== stage) stages.push(stage);
  };
  return { summary: await client.retrain(settings, { signal: never, onProgress }), stages };
}

/** Runs until `isThere` says so and lets `interrupt` end it; gives the error that it ends with. */
async function interrupted(
  client: TrainerChildClient,
  settings: RetrainSettings,
  { isThere, interrupt }: { isThere: (progress: RetrainProgress) => boolean; interrupt: () => void },
  signal = never,
): Promise<unknown> {
  const onProgress = (progress: RetrainProgress) => {
    if (isThere(progress)) interrupt();
  };
  return client.retrain(settings, { signal, onProgress }).then(
    () => 'it was not interrupted',
    (error: unknown) => error,
  );
}

function weightsOf({ adaptersFolder }: RetrainSettings, { manifest }: RetrainSummary): string {
  return readFileSync(join(adaptersFolder, manifest.adapterId, 'adapter_model.safetensors')).toString('hex');
}

describe('the trainer in a child process', () => {
  it('retrains to a verdict, reports each stage, and is gone', async () => {
    const settings = await tinyWork();
    const { client, log } = trainerClient();
    const running = run(client, settings);
    expect(client.isRunning).toBe(true);
    const { summary, stages } = await running;
    expect(stages).toEqual(['sft', 'reward', 'judge', 'ppo', 'gate']);
    expect(summary.manifest.verdict.reason).toMatch(/promoted/i);
    expect(summary.heldOut.before.asked).toBe(summary.manifest.data.heldOutDemonstrations);
    expect(summary.heldOut.after.typedChars).toBeGreaterThan(0);
    expect(existsSync(join(settings.adaptersFolder, summary.manifest.adapterId))).toBe(true);
    expect(existsSync(settings.checkpointFolder)).toBe(false);
    expect(client.isRunning).toBe(false);
    expect(isAlive(newestProcess(log))).toBe(false);
  });

  it.runIf(existsSync('/proc/self/autogroup'))(
    'lets every other process go first, whatever session it is of',
    async () => {
      const settings = await tinyWork();
      const { client, log } = trainerClient();
      let session = '';
      await interrupted(client, settings, {
        isThere: () => session === '',
        interrupt: () => (session = readFileSync(`/proc/${newestProcess(log)}/autogroup`, 'utf8')),
      });
      expect(session).toMatch(/nice 19$/m);
      expect(readFileSync('/proc/self/autogroup', 'utf8')).not.toBe(session);
    },
  );

  it.each(['sft', 'gate'])(
    'keeps nothing where another window forgets in %s all that it learns from',
    async (when) => {
      const settings = await tinyWork();
      const { storePath: store, adaptersFolder: adapters, checkpointFolder: checkpoint } = settings;
      const { client } = trainerClient();
      const forget = (): void => {
        const { store: opened } = openFeedbackStore(store, 0);
        opened.forgetEverything();
        opened.close();
      };
      const stages: string[] = [];
      const isThere = ({ stage, step }: RetrainProgress): boolean =>
        stages.push(stage) > 0 && stage === when && step === 1;
      const ended = await interrupted(client, settings, { isThere, interrupt: forget });
      expect(ended).toMatchObject({ name: 'TrainerError', reason: 'allForgotten' });
      expect(stages.includes('gate')).toBe(when === 'gate');
      expect([adapters, checkpoint].map((folder) => existsSync(folder))).toEqual([false, false]);
    },
  );

  it('is one run at a time, also where another window runs it', async () => {
    const settings = await tinyWork();
    const [here, there] = [trainerClient(), trainerClient()];
    let refusedThere: unknown;
    const first = here.client.retrain(settings, {
      signal: never,
      onProgress: () => {
        refusedThere ??= there.client
          .retrain(settings, { signal: never, onProgress: () => undefined })
          .catch((error: unknown) => error);
      },
    });
    await expect(run(here.client, settings)).rejects.toMatchObject({ reason: 'alreadyRunning' });
    await first;
    expect(await refusedThere).toMatchObject({ name: 'ProcessError', reason: 'alreadyRunning' });
  });

  it('rests while completions are wanted in any window', async () => {
    const settings = await tinyWork();
    const wantedFile = join(temporaryFolder(), 'wanted');
    const { client } = trainerClient({ wantedFile });
    let steps = 0;
    const running = client.retrain(settings, { signal: never, onProgress: () => (steps += 1) });
    await until(() => steps > 0);
    const typing = setInterval(() => void touchWantedFile(wantedFile), 100);
    await sleep(500);
    const before = steps;
    await sleep(1000);
    expect(steps).toBe(before);
    clearInterval(typing);
    await running;
    expect(steps).toBeGreaterThan(before);
    expect(existsSync(wantedFile)).toBe(false);
  });
});

describe('a trainer that is interrupted', () => {
  const places: [string, (progress: RetrainProgress) => boolean, string[]][] = [
    [
      'before its first checkpoint',
      ({ stage, step }) => stage === 'sft' && step === 3,
      ['sft', 'reward', 'judge', 'ppo', 'gate'],
    ],
    [
      'after a checkpoint',
      ({ stage, step }) => stage === 'reward' && step === 1,
      ['reward', 'judge', 'ppo', 'gate'],
    ],
    ['in PPO', ({ stage, step }) => stage === 'ppo' && step === 1, ['ppo', 'gate']],
    ['at the gate', ({ stage }) => stage === 'gate', ['gate']],
  ];

  it.each(places)(
    'by kill -9 %s goes on and comes to the same adapter, bit for bit',
    async (_, isThere, rest) => {
      const settings = await tinyWork();
      const undisturbed = { ...settings, ...otherFolders() };
      const whole = await run(trainerClient().client, undisturbed);
      const { client, kill } = trainerClient();
      const error = await interrupted(client, settings, { isThere, interrupt: kill });
      expect(error).toMatchObject({ name: 'ProcessError', reason: 'died' });
      expect(String(error)).toContain('(killed by SIGKILL). The policy that served before still serves.');
      expect(client.isRunning).toBe(false);
      const { summary, stages } = await run(client, settings);
      expect(stages).toEqual(rest);
      expect(weightsOf(settings, summary)).toBe(weightsOf(undisturbed, whole.summary));
      expect(summary.heldOut).toEqual(whole.summary.heldOut);
      expect(summary.manifest.verdict).toEqual(whole.summary.manifest.verdict);
    },
  );

  it('by the user ends within two seconds and goes on later', async () => {
    const settings = await tinyWork();
    const { client } = trainerClient();
    const controller = new AbortController();
    let abortedAtMs = 0;
    const interrupt = () => {
      abortedAtMs ||= Date.now();
      controller.abort();
    };
    const isThere = ({ stage }: RetrainProgress) => stage === 'reward';
    const error = await interrupted(client, settings, { isThere, interrupt }, controller.signal);
    expect(error).toMatchObject({ name: 'AbortError' });
    expect(Date.now() - abortedAtMs).toBeLessThan(2500);
    expect(client.isRunning).toBe(false);
    expect((await run(client, settings)).stages).toEqual(['reward', 'judge', 'ppo', 'gate']);
  });

  it('before it began does not begin', async () => {
    const { client, log } = trainerClient();
    const signal = AbortSignal.abort();
    const retraining = client.retrain(await tinyRetraining(), { signal, onProgress: () => undefined });
    await expect(retraining).rejects.toMatchObject({ name: 'AbortError' });
    expect(log).toEqual([]);
  });

  it('leaves the engine at work', async () => {
    const settings = await tinyWork();
    const engine = engineClient().client;
    await engine.start({ ...settings, device: 'cpu' });
    const { client, kill } = trainerClient();
    await interrupted(client, settings, { isThere: () => true, interrupt: kill });
    expect(await engine.complete(requestAt('a = '), never)).toMatchObject({ policyId: settings.model });
  });

  function otherFolders() {
    const folder = temporaryFolder();
    return { adaptersFolder: join(folder, 'adapters'), checkpointFolder: join(folder, 'checkpoint') };
  }
});

describe('a retraining that cannot be', () => {
  const failures: [string, (settings: RetrainSettings) => Partial<RetrainSettings>, object, RegExp][] = [
    [
      'without a store',
      () => ({}),
      { name: 'StoreError', reason: 'missing' },
      /There is no feedback yet: it begins with the first completion\./,
    ],
    [
      'from a damaged store',
      ({ storePath }) => {
        writeFileSync(storePath, 'this is no database '.repeat(500));
        return {};
      },
      { name: 'StoreError', reason: 'corrupt' },
      /The file is damaged\. The editor sets it aside at its next start/,
    ],
    [
      'from an empty store',
      ({ storePath }) => {
        openFeedbackStore(storePath, 0).store.close();
        return {};
      },
      { name: 'TrainerError', reason: 'noExamples' },
      /There is nothing to learn from yet: of 0 stored records none has a known answer\. Work with completions/,
    ],
    [
      'with a model that is missing',
      ({ storePath }) => {
        storeTinyWork(storePath, 4);
        return { model: '/no/such/model' };
      },
      { name: 'EngineError', reason: 'modelMissing' },
      /There is no model '\/no\/such\/model'\. Choose/,
    ],
    [
      'with a model that is damaged',
      ({ storePath }) => {
        storeTinyWork(storePath, 4);
        const model = join(dirname(storePath), 'model.gguf');
        writeFileSync(model, 'GGUF');
        return { model };
      },
      { name: 'EngineError', reason: 'modelDamaged' },
      /model\.gguf is damaged: .* Delete it and get it again\./,
    ],
    [
      'with hyperparameters out of range',
      () => ({ hyperparameters: { sft: { epochs: 99 } } }),
      { name: 'ProcessError', reason: 'badSettings' },
      /The hyperparameters cannot be used: .*sft\.epochs\. Correct or remove them\./,
    ],
  ];

  it.each(failures)('%s ends with one clear message', async (_, prepare, error, message) => {
    const settings = await tinyRetraining();
    mkdirSync(dirname(settings.storePath), { recursive: true });
    const { client, log } = trainerClient();
    const retraining = run(client, { ...settings, ...prepare(settings) });
    await expect(retraining).rejects.toMatchObject(error);
    await expect(retraining).rejects.toThrow(message);
    expect(log).toHaveLength(1);
    expect(client.isRunning).toBe(false);
  });
});

describe('a model that is not there yet', () => {
  it.each(['retrain', 'importAdapter'] as const)('is told of on its way (%s)', async (job) => {
    const model = modelToConvert();
    const path = join(dirname(model), 'no adapter');
    const settings = { ...(await tinyWork()), model, path, serves: false, isSameBase: false };
    const { client } = trainerClient();
    const enough = new AbortController();
    const phases = new Set<string>();
    const running = client[job](settings, {
      signal: enough.signal,
      onProgress: () => enough.abort(),
      onLoad: ({ phase }) => phases.add(phase),
    });
    await expect(running).rejects.toThrow();
    expect([...phases]).toEqual(['convert']);
  });

  it('is told of on its way (exportAdapter)', async () => {
    const model = modelToConvert();
    const { data, id: adapterId } = await savedAdapter(model);
    const target = join(temporaryFolder(), 'adapter');
    const settings = { adaptersFolder: join(data, 'adapters'), adapterId, format: 'peft', target } as const;
    const phases = new Set<string>();
    const onProgress = ({ phase }: LoadProgress): unknown => phases.add(phase);
    await trainerClient().client.exportAdapter(settings, { signal: never, onProgress });
    expect([...phases]).toEqual(['convert']);
    expect(existsSync(join(target, 'adapter_model.safetensors'))).toBe(true);
  });

  it('is told of on its way (an export for a cluster)', async () => {
    const model = modelToConvert();
    const { storePath, seed, hyperparameters } = await tinyWork();
    const [folder, wantedFile] = [join(temporaryFolder(), 'job'), join(temporaryFolder(), 'wanted')];
    const client = new ClusterChildClient({
      ...{ entryPath: entry('trainerProcess.ts'), wantedFile, clock: systemClock, log: () => undefined },
    });
    onTestFinished(() => client.dispose());
    const phases = new Set<string>();
    await client.exportWork(
      {
        ...{ model, storePath, seed, hyperparameters, folder, basePath: '/models/tiny', storage: '/shared' },
        ...{ method: 'sft', workers: 1, usesGpu: false, maxPromptTokens: 32, maxNewTokens: 24 },
      },
      { signal: never, onProgress: ({ phase }) => phases.add(phase) },
    );
    expect([...phases]).toEqual(['convert']);
    expect(existsSync(join(folder, 'sft.jsonl'))).toBe(true);
  });
});

describe('adapters in the trainer’s process', () => {
  it('go out in each form and come in through the gate, and nothing is overwritten but a file', async () => {
    const settings = await tinyWork();
    const { client } = trainerClient();
    const { summary } = await run(client, settings);
    const { adapterId } = summary.manifest;
    const out = temporaryFolder();
    const quiet = { signal: never, onProgress: () => undefined };
    const exportAs = (format: 'peft' | 'gguf' | 'merged') => {
      const target = join(out, format);
      return client.exportAdapter({ ...settings, adapterId, format, target }, quiet);
    };
    for (const format of ['peft', 'gguf', 'merged'] as const) await exportAs(format);
    await expect(exportAs('peft')).rejects.toMatchObject({ reason: 'alreadyThere' });
    const first = readFileSync(join(out, 'gguf'));
    writeFileSync(join(out, 'gguf'), 'another file');
    await exportAs('gguf');
    expect(readFileSync(join(out, 'gguf'))).toEqual(first);
    const stages: string[] = [];
    const asked = { ...settings, path: join(out, 'gguf'), serves: false, isSameBase: false };
    const onProgress = ({ stage }: RetrainProgress): unknown => stages.push(stage);
    const manifest = await client.importAdapter(asked, { signal: never, onProgress });
    expect(manifest).toMatchObject({ imported: { format: 'gguf', baseName: settings.model } });
    expect(new Set(stages)).toEqual(new Set(['gate']));
    const other = { ...asked, model: await writeTinyModelFolder(2) };
    await expect(client.importAdapter(other, quiet)).rejects.toMatchObject({ reason: 'adapterForeign' });
    expect(client.isRunning).toBe(false);
  });
});
