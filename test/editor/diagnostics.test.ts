import { expect, it, vi } from 'vitest';
import { VirtualClock } from '../../src/completion/virtualClock.ts';
import { RememberingLog } from '../../src/editor/rememberingLog.ts';
import { parseSettings, settingsAt } from '../../src/editor/settings/settings.ts';
import { dataPathsIn } from '../../src/process/dataFolder.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { recordingLog } from './recordingLog.ts';

/** As much of VS Code as diagnostics know: what they show, and the button that ends them. */
const api = vi.hoisted(() => {
  const shown: string[] = [];
  const api = {
    ...{ shown, version: '1.104.0', cancel: (): void => undefined },
    ProgressLocation: { Notification: 15 },
    extensions: { getExtension: () => undefined },
    window: {
      showTextDocument: () => Promise.resolve(),
      withProgress: (_: unknown, task: (progress: unknown, token: unknown) => unknown) =>
        task({}, { onCancellationRequested: (end: () => void) => (api.cancel = end) }),
    },
    workspace: {
      openTextDocument: ({ content }: { content: string }) => Promise.resolve(void shown.push(content)),
    },
  };
  return api;
});
vi.mock('vscode', () => api);
const { showDiagnostics } = await import('../../src/editor/diagnostics.ts');

it('tells what is there when the user ends the wait for a model', async () => {
  const channel = { ...recordingLog().log, show: () => undefined, dispose: () => undefined };
  const { settings } = parseSettings(() => undefined);
  let isWaiting = (): void => undefined;
  const waiting = new Promise<void>((resolve) => (isWaiting = resolve));
  const showing = showDiagnostics({
    version: '1.0.0',
    engine: {
      state: { kind: 'loading', phase: 'download', doneBytes: 1, totalBytes: 2 },
      measure: () => Promise.reject(new Error('There is nothing to measure.')),
    },
    startToLook: () => {
      isWaiting();
      return new Promise(() => undefined);
    },
    settings: () => settingsAt(settings, undefined),
    written: () => settings,
    storeSettled: () => Promise.resolve(),
    paths: dataPathsIn(temporaryFolder()),
    log: new RememberingLog(
      channel,
      () => 0,
      () => undefined,
    ),
    clock: new VirtualClock(),
  });
  await waiting;
  api.cancel();
  await showing;
  expect(api.shown).toEqual([expect.stringContaining('does not serve: it is loading')]);
});
