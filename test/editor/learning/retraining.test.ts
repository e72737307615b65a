import { describe, expect, it, vi } from 'vitest';
import { Retraining, type RetrainingOptions } from '../../../src/editor/learning/retraining.ts';
import { RetrainMemory } from '../../../src/editor/learning/retrainMemory.ts';
import { parseSettings, settingsAt, type Settings } from '../../../src/editor/settings/settings.ts';
import type { TrainerClient } from '../../../src/process/clients.ts';
import type { DataPaths } from '../../../src/process/dataFolder.ts';
import { modelNotHere } from '../../../src/process/errors.ts';
import { logged, type Logger } from '../../../src/editor/logger.ts';
import type { Notices } from '../../../src/editor/notices.ts';
import { policyIdOf } from '../../../src/engine/policy.ts';
import { sentenceOf } from '../../../src/sentences/foreseenError.ts';
import { quoted } from '../../../src/sentences/sentence.ts';
import { recordingLog } from '../recordingLog.ts';
import { sampleSummary } from '../sampleSummary.ts';

/** As much of VS Code as a retraining knows; `cancel` is the button of the progress that is shown. */
const api = vi.hoisted(() => {
  const api = {
    cancel: (): void => undefined,
    shown: undefined as unknown,
    extensions: { getExtension: () => undefined },
    ProgressLocation: { Notification: 15, Window: 10 },
    window: {
      showInformationMessage: () => undefined,
      withProgress: (options: unknown, task: (progress: unknown, token: unknown) => unknown) => {
        api.shown = options;
        const onCancellationRequested = (end: () => void) => (api.cancel = end);
        return task({ report: () => undefined }, { onCancellationRequested });
      },
    },
    workspace: {},
  };
  return api;
});
vi.mock('vscode', () => api);

const usual = settingsAt(parseSettings(() => undefined).settings, undefined);

/** The notices write into the log, in front of it the buttons that are offered. */
function noticesIn(log: Logger): Notices {
  const buttons = (actions: object = {}): string =>
    Object.keys(actions)
      .map((name) => `[${name}] `)
      .join('');
  const notices: Partial<Notices> = {
    tell: (_, text, actions) => log.info(quoted(`${buttons(actions)}${logged(text)}`)),
    tellError: (error) => log.warn(sentenceOf(error)),
  };
  return notices as Notices;
}

/** A retraining that fails as soon as it trains, unless told otherwise, what it logs, and how often it trained. */
function retrainingWith(
  requireModel: () => Promise<void>,
  given: Partial<
    Pick<RetrainingOptions, 'engine' | 'settings' | 'memory' | 'nowMs'> & Pick<TrainerClient, 'retrain'>
  > = {},
) {
  const { log, lines } = recordingLog();
  const retrain = vi.fn(given.retrain ?? (() => Promise.reject(new Error('No work.'))));
  const retraining = new Retraining({
    ...{ requireModel, log, hyperparameters: undefined },
    trainer: { isRunning: false, retrain } as Partial<TrainerClient> as TrainerClient,
    engine: given.engine ?? { useServingAdapter: () => Promise.resolve(), state: { kind: 'stopped' } },
    settings: given.settings ?? (() => usual),
    mayLearnHere: () => false,
    paths: { checkpoint: '/nowhere/at/all' } as Partial<DataPaths> as DataPaths,
    storeSettled: () => Promise.resolve(),
    notices: noticesIn(log),
    memory: given.memory ?? new RetrainMemory({ get: () => undefined, update: () => Promise.resolve() }),
    nowMs: given.nowMs ?? (() => 0),
    ...{ onChanged: () => undefined, showReport: () => undefined, rollBack: () => undefined },
  });
  return { retraining, retrain, lines };
}

describe('Retraining', () => {
  it('runs once, also while it is being found out whether the model is here', async () => {
    let found = (): void => undefined;
    const finding = new Promise<void>((resolve) => (found = resolve));
    const { retraining, retrain, lines } = retrainingWith(() => finding);
    const first = retraining.run();
    await retraining.run();
    expect(lines).toEqual([
      'info [Stop Retraining] A retraining is running already; the status bar shows how far it is.',
    ]);
    found();
    await expect(first).rejects.toThrow('No work.');
    expect(retrain).toHaveBeenCalledTimes(1);
    expect(retraining.status).toBeUndefined();
  });

  it('rejects where the model is not here, and may be run again', async () => {
    const error = modelNotHere({ model: 'small', bytes: 9 });
    const { retraining, retrain } = retrainingWith(() => Promise.reject(error));
    await expect(retraining.run()).rejects.toBe(error);
    await expect(retraining.run()).rejects.toBe(error);
    expect(retrain).not.toHaveBeenCalled();
    expect(retraining.status).toBeUndefined();
  });

  it('remembers what was learned from once there is a verdict, not where it failed', async () => {
    let kept: unknown;
    const update = (_: string, value: unknown) => Promise.resolve(void (kept = value));
    const memory = new RetrainMemory({ get: () => kept, update });
    const runs = [() => Promise.reject(new Error('Full.')), () => Promise.resolve(sampleSummary)];
    for (const [index, retrain] of runs.entries())
      await retrainingWith(() => Promise.resolve(), {
        ...{ retrain, memory, nowMs: () => index + 1 },
      }).retraining.runUnasked();
    expect(memory.last).toEqual({ atMs: 2, learnedUntilMs: 2 });
    await retrainingWith(() => Promise.resolve(), { memory, nowMs: () => 3 }).retraining.runUnasked();
    expect(memory.last).toEqual({ atMs: 3, learnedUntilMs: 2 });
  });

  it('is no trouble by schedule where the model is not here, other than where it fails', async () => {
    const missing = retrainingWith(() => Promise.reject(modelNotHere({ model: 'small', bytes: 9 })));
    await missing.retraining.runUnasked();
    expect(missing.lines).toEqual([expect.stringMatching(/^info The scheduled retraining ended: /)]);
    const failing = retrainingWith(() => Promise.resolve());
    await failing.retraining.runUnasked();
    expect(failing.lines).toEqual([expect.stringMatching(/^warn The scheduled retraining ended: /)]);
  });
});

describe('The verdict of a retraining', () => {
  /** What is told of a run that was promoted, while an engine serves a model. */
  async function toldWith(model: string, useServingAdapter = () => Promise.resolve(), isAsked = true) {
    const { retraining, lines } = retrainingWith(() => Promise.resolve(), {
      retrain: () => Promise.resolve(sampleSummary),
      engine: { useServingAdapter, state: { kind: 'ready', policyId: policyIdOf(model, undefined) } },
    });
    await (isAsked ? retraining.run() : retraining.runUnasked());
    return lines;
  }

  it('is told with a way back where the adapter serves', async () => {
    const [line, ...others] = await toldWith('tiny');
    expect(line).toMatch(
      /^info \[Show Learning Report\] \[Roll Back\] Promoted: .* of 30, characters kept 100 → 240\.$/,
    );
    expect(others).toEqual([]);
  });

  it.each([true, false])(
    'is told where another model was chosen meanwhile (asked for: %s)',
    async (isAsked) => {
      const use = vi.fn(() => Promise.reject(new Error('It does not fit.')));
      const [line, ...others] = await toldWith('other', use, isAsked);
      expect(line).toMatch(
        /^info \[Show Learning Report\] Promoted: .* The adapter serves as soon as tiny is chosen again\.$/,
      );
      expect(others).toEqual([]);
      expect(use).not.toHaveBeenCalled();
    },
  );

  it('is told before why the adapter cannot serve', async () => {
    const lines = await toldWith('tiny', () => Promise.reject(new Error('The disk is full.')));
    expect(lines).toEqual([
      expect.stringMatching(
        /^info \[Show Learning Report\] Promoted: .* The adapter could not be loaded, and does not serve yet\.$/,
      ),
      'warn The disk is full.',
    ]);
  });
});

describe('A retraining that is under way', () => {
  /** One that goes on until it is stopped, and the settings of now. */
  function endless() {
    const now: { retrainSchedule: Settings['retrainSchedule'] } = { retrainSchedule: 'dailyWhenIdle' };
    const retrain: TrainerClient['retrain'] = (_, { signal }) =>
      new Promise((__, reject) => {
        const end = (): void => reject(new Error('It was aborted.'));
        if (signal.aborted) end();
        signal.addEventListener('abort', end);
      });
    const settings = () => ({ ...usual, ...now });
    return { ...retrainingWith(() => Promise.resolve(), { retrain, settings }), now };
  }
  const stopped = ['info Retraining was stopped before its first step.'];
  const begun = () => new Promise((resolve) => setImmediate(resolve));

  it.each([true, false])(
    'is ended by the command, also where it began by itself (asked for: %s)',
    async (isAsked) => {
      const { retraining, lines } = endless();
      const run = isAsked ? retraining.run() : retraining.runUnasked();
      await begun();
      expect(api.shown).toMatchObject({ location: isAsked ? 15 : 10, cancellable: isAsked });
      retraining.stop();
      await run;
      expect(lines).toEqual(stopped);
      expect(retraining.status).toBeUndefined();
    },
  );

  it('is ended by the button of its notification', async () => {
    const { retraining, lines } = endless();
    const run = retraining.run();
    await begun();
    api.cancel();
    await run;
    expect(lines).toEqual(stopped);
  });

  it('ends before it trains where it is stopped while its model is looked for', async () => {
    let found = (): void => undefined;
    const { retraining, retrain, lines } = retrainingWith(() => new Promise((resolve) => (found = resolve)));
    const run = retraining.run();
    retraining.stop();
    found();
    await run;
    expect(retrain).not.toHaveBeenCalled();
    expect(lines).toEqual(stopped);
  });

  it('ends with its schedule where it began by itself, and goes on where the user asked for it', async () => {
    const { retraining, lines, now } = endless();
    const unasked = retraining.runUnasked();
    await begun();
    retraining.followSchedule();
    expect(retraining.status).toBeDefined();
    now.retrainSchedule = 'manual';
    retraining.followSchedule();
    await unasked;
    expect(lines).toEqual(stopped);
    const asked = retraining.run();
    await begun();
    retraining.followSchedule();
    expect(retraining.status).toBeDefined();
    retraining.stop();
    await asked;
  });

  it('is none where nothing runs, and the command says so', () => {
    const { retraining, lines } = endless();
    retraining.stop();
    expect(lines).toEqual(['info Nothing is being retrained in this window.']);
  });
});
