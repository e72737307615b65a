import { describe, expect, it, vi } from 'vitest';
import { Retraining } from '../../../src/editor/learning/retraining.ts';
import { RetrainMemory } from '../../../src/editor/learning/retrainMemory.ts';
import { parseSettings, settingsAt } from '../../../src/editor/settings/settings.ts';
import type { TrainerClient } from '../../../src/process/clients.ts';
import type { DataPaths } from '../../../src/process/dataFolder.ts';
import { modelNotHere } from '../../../src/process/errors.ts';
import { logged } from '../../../src/editor/logger.ts';
import type { Notices } from '../../../src/editor/notices.ts';
import { recordingLog } from '../recordingLog.ts';

vi.mock('vscode', () => ({
  extensions: { getExtension: () => undefined },
  ProgressLocation: { Notification: 15, Window: 10 },
  window: {
    showInformationMessage: () => undefined,
    withProgress: (_: unknown, task: (progress: unknown, token: unknown) => unknown) =>
      task({ report: () => undefined }, { onCancellationRequested: () => ({ dispose: () => undefined }) }),
  },
  workspace: {},
}));

/** A retraining that fails as soon as it trains, what it logs, and how often it trained. */
function retrainingWith(requireModel: () => Promise<void>) {
  const { log, lines } = recordingLog();
  const retrain = vi.fn(() => Promise.reject(new Error('No work.')));
  const retraining = new Retraining({
    ...{ requireModel, log, hyperparameters: undefined },
    trainer: { isRunning: false, retrain } as Partial<TrainerClient> as TrainerClient,
    engine: { useServingAdapter: () => Promise.resolve() },
    settings: () => settingsAt(parseSettings(() => undefined).settings, undefined),
    mayLearnHere: () => false,
    paths: { checkpoint: '/nowhere/at/all' } as Partial<DataPaths> as DataPaths,
    storeSettled: () => Promise.resolve(),
    notices: { tell: (_: string, text: string) => log.info(logged(text)) } as Partial<Notices> as Notices,
    memory: new RetrainMemory({ get: () => undefined, update: () => Promise.resolve() }),
    nowMs: () => 0,
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
    expect(lines).toEqual(['info A retraining is running already; the status bar shows how far it is.']);
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

  it('is no trouble by schedule where the model is not here, other than where it fails', async () => {
    const missing = retrainingWith(() => Promise.reject(modelNotHere({ model: 'small', bytes: 9 })));
    await missing.retraining.runUnasked();
    expect(missing.lines).toEqual([expect.stringMatching(/^info The scheduled retraining ended: /)]);
    const failing = retrainingWith(() => Promise.resolve());
    await failing.retraining.runUnasked();
    expect(failing.lines).toEqual([expect.stringMatching(/^warn The scheduled retraining ended: /)]);
  });
});
