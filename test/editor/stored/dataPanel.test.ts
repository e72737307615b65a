import { expect, it, vi } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { DataPanel } from '../../../src/editor/stored/dataPanel.ts';
import type { FromDataPage, ToDataPage } from '../../../src/editor/stored/dataMessages.ts';
import type { Notices } from '../../../src/editor/notices.ts';
import type { Adapters } from '../../../src/process/adapters.ts';
import { dataPathsIn } from '../../../src/process/dataFolder.ts';
import { MemoryFeedbackStore } from '../../feedback/memoryFeedbackStore.ts';
import { sampleCompletion } from '../../feedback/sampleRecords.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** The one tab that is opened: what it was told, and how its page says something. */
const tab = vi.hoisted(() => {
  const say: (message: unknown) => void = () => undefined;
  return { told: [] as unknown[], asked: [] as string[], say };
});

vi.mock('vscode', () => ({
  env: { language: 'en' },
  l10n: {},
  Uri: { joinPath: () => '' },
  ViewColumn: { Active: -1 },
  window: {
    showWarningMessage: (question: string, _: unknown, yes: string) => {
      tab.asked.push(question);
      return Promise.resolve(yes);
    },
    createWebviewPanel: () => ({
      onDidDispose: () => undefined,
      webview: {
        asWebviewUri: () => '',
        onDidReceiveMessage: (listener: (message: unknown) => void) => (tab.say = listener),
        postMessage: (message: unknown) => tab.told.push(message),
      },
    }),
  },
}));

const adapters = {
  list: () => Promise.resolve([]),
  servingId: () => Promise.resolve(undefined),
} as Partial<Adapters> as Adapters;

function openPanel(store: MemoryFeedbackStore): DataPanel {
  const nothing = () => undefined;
  const panel = new DataPanel({
    ...{ store, adapters, paths: dataPathsIn(temporaryFolder()), clock: new VirtualClock() },
    ...{ onChanged: nothing, onForgotten: nothing, run: nothing },
    extensionUri: '' as unknown as ConstructorParameters<typeof DataPanel>[0]['extensionUri'],
    storeSettled: () => Promise.resolve(),
    engine: { useServingAdapter: () => Promise.resolve(), state: { kind: 'stopped' } },
    settings: () => ({ model: 'tiny' }),
    notices: {
      tellError: (error: unknown) => {
        throw error;
      },
    } as Partial<Notices> as Notices,
  });
  panel.show();
  return panel;
}

const say = (message: FromDataPage) => tab.say(message);
const heard = (kind: ToDataPage['kind']) =>
  vi.waitFor(() => expect(tab.told).toContainEqual(expect.objectContaining({ kind })));

it('brings back what was forgotten last, but not once everything was forgotten', async () => {
  const store = new MemoryFeedbackStore();
  store.addCompletion(sampleCompletion('c1'));
  const panel = openPanel(store);
  say({ kind: 'forget', id: 'c1', what: 'record' });
  await heard('done');
  say({ kind: 'undo' });
  await vi.waitFor(() => expect(store.recordCount()).toBe(1));
  tab.told.length = 0;
  say({ kind: 'forget', id: 'c1', what: 'record' });
  await heard('done');
  store.forgetEverything();
  await panel.refreshAfterward();
  await heard('final');
  say({ kind: 'undo' });
  await panel.refresh();
  expect(store.recordCount()).toBe(0);
});

it('asks whether to forget a file also when the store is read anew meanwhile', async () => {
  const store = new MemoryFeedbackStore();
  for (const name of ['c1', 'c2']) store.addCompletion(sampleCompletion(name));
  const panel = openPanel(store);
  await panel.refresh();
  say({ kind: 'forget', id: 'c1', what: 'file' });
  await panel.refresh();
  await vi.waitFor(() => expect(store.recordCount()).toBe(0));
  expect(tab.asked).toEqual(['Forget 2 records of a.ts?']);
});
