import { expect, it, vi } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { DataPanel, type DataPanelOptions } from '../../../src/editor/stored/dataPanel.ts';
import type { FromDataPage, ToDataPage } from '../../../src/editor/stored/dataMessages.ts';
import type { Notices } from '../../../src/editor/notices.ts';
import type { AdapterId } from '../../../src/engine/policy.ts';
import { adaptersIn, type Adapters } from '../../../src/process/adapters.ts';
import { dataPathsIn } from '../../../src/process/dataFolder.ts';
import { AdapterStore } from '../../../src/trainer/adapters/adapterStore.ts';
import { MemoryFeedbackStore } from '../../feedback/memoryFeedbackStore.ts';
import { sampleCompletion } from '../../feedback/sampleRecords.ts';
import { tinyAdapter } from '../../trainer/adapterFixture.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** The one tab that is opened: what it was told, and how its page says something. */
const tab = vi.hoisted(() => {
  const say: (message: unknown) => void = () => undefined;
  return { told: [] as unknown[], asked: [] as string[], say, isCancelled: false };
});

vi.mock('vscode', () => ({
  env: { language: 'en' },
  l10n: {},
  Uri: { joinPath: () => '' },
  ProgressLocation: { Notification: 15 },
  ViewColumn: { Active: -1 },
  window: {
    showWarningMessage: (question: string, _: unknown, yes: string) => {
      tab.asked.push(question);
      return Promise.resolve(yes);
    },
    withProgress: (_: unknown, task: (progress: unknown, token: unknown) => unknown) =>
      task(
        { report: () => undefined },
        { onCancellationRequested: (listener: () => void) => tab.isCancelled && listener() },
      ),
    createWebviewPanel: () => ({
      onDidDispose: () => undefined,
      reveal: () => undefined,
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

function openPanel(store: MemoryFeedbackStore, other: Partial<DataPanelOptions> = {}): DataPanel {
  const nothing = () => undefined;
  tab.told.length = 0;
  const panel = new DataPanel({
    ...{ store, adapters, paths: dataPathsIn(temporaryFolder()), clock: new VirtualClock() },
    ...{ onChanged: nothing, onForgotten: nothing, run: nothing },
    extensionUri: '' as unknown as ConstructorParameters<typeof DataPanel>[0]['extensionUri'],
    storeSettled: () => Promise.resolve(),
    engine: { useServingAdapter: () => Promise.resolve(), state: { kind: 'stopped' } },
    settings: () => ({ model: 'tiny' }),
    notices: {
      tell: nothing,
      tellError: (error: unknown) => {
        throw error;
      },
    } as Partial<Notices> as Notices,
    ...other,
  });
  void panel.show();
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

const rowsNow = () =>
  (tab.told as ToDataPage[]).findLast((message) => message.kind === 'rows')?.rows.map(({ id }) => id);

it('shows what came in meanwhile to whoever opens it again', async () => {
  const store = new MemoryFeedbackStore();
  store.addCompletion(sampleCompletion('c1'));
  const panel = openPanel(store);
  await panel.refresh();
  store.addCompletion(sampleCompletion('c2'));
  await panel.show();
  expect(rowsNow()).toEqual(['c2', 'c1']);
});

it.each<FromDataPage>([
  { kind: 'select', id: 'c1' },
  { kind: 'correct', id: 'c1', label: 'kept' },
  { kind: 'forget', id: 'c1', what: 'record' },
])('takes a record that went in another window out of the list: $kind', async (message) => {
  const store = new MemoryFeedbackStore();
  for (const name of ['c1', 'c2']) store.addCompletion(sampleCompletion(name));
  await openPanel(store).refresh();
  store.deleteRecords(['c1']);
  say(message);
  await heard('gone');
  expect(rowsNow()).toEqual(['c2']);
});

it('shows no record any more that was forgotten by other ways than the panel', async () => {
  const store = new MemoryFeedbackStore();
  for (const name of ['c1', 'c2']) store.addCompletion(sampleCompletion(name));
  const panel = openPanel(store);
  say({ kind: 'select', id: 'c1' });
  await heard('detail');
  await panel.refresh();
  expect(tab.told).not.toContainEqual(expect.objectContaining({ kind: 'gone' }));
  store.forgetEverything();
  await panel.refreshAfterward();
  expect(tab.told).toContainEqual({ kind: 'gone', id: 'c1' });
});

it('says no longer that it reads where the store cannot be read', async () => {
  const store = new MemoryFeedbackStore();
  const panel = openPanel(store);
  await panel.refresh();
  vi.spyOn(store, 'newest').mockImplementation(() => {
    throw new Error('No store.');
  });
  await expect(panel.refresh()).rejects.toThrow('No store.');
  say({ kind: 'look', search: '', group: 'all', offset: 0 });
  expect(tab.told.at(-1)).toMatchObject({ kind: 'rows', isReading: false });
});

it('retrains without what was forgotten only from a policy without it, and offers it again', async () => {
  const store = new MemoryFeedbackStore();
  store.addCompletion(sampleCompletion('c1'));
  const folder = temporaryFolder();
  const adapterStore = new AdapterStore(folder);
  await adapterStore.save({ ...tinyAdapter('a1'), learnedFrom: ['c1'] });
  await adapterStore.promote('a1' as AdapterId);
  const ran: string[] = [];
  openPanel(store, {
    ...{ adapters: adaptersIn(folder), run: (command) => ran.push(command) },
    engine: {
      state: { kind: 'stopped' },
      useServingAdapter: (watch) => (watch?.signal.throwIfAborted(), Promise.resolve()),
    },
  });
  say({ kind: 'forget', id: 'c1', what: 'record' });
  await heard('done');
  const offered = tab.told.at(-1);
  expect(offered).toMatchObject({ canUndo: true, canRetrain: true });
  tab.told.length = 0;
  tab.isCancelled = true;
  say({ kind: 'retrainWithout' });
  await heard('done');
  expect([tab.told, ran]).toEqual([[offered], []]);
  tab.isCancelled = false;
  say({ kind: 'retrainWithout' });
  await vi.waitFor(() => expect(ran).toEqual(['attune.retrain']));
  expect((await adapterStore.serving()).adapterId).toBeUndefined();
});
