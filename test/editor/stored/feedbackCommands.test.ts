import { existsSync, mkdirSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { FeedbackCommands } from '../../../src/editor/stored/feedbackCommands.ts';
import type { Notices } from '../../../src/editor/notices.ts';
import type { FeedbackExchangeClient } from '../../../src/process/clients.ts';
import { dataPathsIn } from '../../../src/process/dataFolder.ts';
import { MemoryFeedbackStore } from '../../feedback/memoryFeedbackStore.ts';
import { sampleCompletion } from '../../feedback/sampleRecords.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** The user chooses the last of what is offered: all of it is forgotten. */
const ask = vi.hoisted(() => vi.fn((...asked: readonly unknown[]) => Promise.resolve(asked.at(-1))));
vi.mock('vscode', () => ({
  window: {
    activeTextEditor: { document: { uri: { path: '/p/a.ts', toString: () => 'file:///p/a.ts' } } },
    showWarningMessage: ask,
  },
}));

/** The commands on one record, and how many were stored each time that lists had to look again. */
function commands() {
  const store = new MemoryFeedbackStore();
  store.addCompletion(sampleCompletion('a', { documentUri: 'file:///p/a.ts' }));
  const paths = dataPathsIn(temporaryFolder());
  const counts: number[] = [];
  let serve = (): void => undefined;
  const served = new Promise<void>((resolve) => (serve = resolve));
  const all = new FeedbackCommands({
    ...{ store, paths },
    storeSettled: () => Promise.resolve(),
    exchange: {} as FeedbackExchangeClient,
    engine: { useServingAdapter: () => served },
    notices: { tell: () => undefined } as Partial<Notices> as Notices,
    storageRules: () => ({ excludedPatterns: [], workspaceFolders: [] }),
    ...{ now: () => 0, onChanged: () => undefined },
    onForgotten: () => counts.push(store.recordCount()),
  });
  return { all, counts, serve, paths };
}

describe('FeedbackCommands', () => {
  it('lets lists look again as soon as all records are forgotten, while the base model is still loaded', async () => {
    const { all, counts, serve } = commands();
    const forgetting = all.forgetEverything();
    await vi.waitFor(() => expect(counts).toEqual([0]));
    serve();
    await forgetting;
    expect(counts).toEqual([0, 0]);
  });

  it('forgets with the adapters what an interrupted retraining had learned', async () => {
    const { all, serve, paths } = commands();
    mkdirSync(paths.checkpoint);
    serve();
    await all.forgetEverything();
    expect(existsSync(paths.checkpoint)).toBe(false);
  });

  it('forgets nothing of a file before a question that names it is answered', async () => {
    const { all, counts } = commands();
    ask.mockResolvedValueOnce(undefined);
    await all.forgetFile();
    expect(ask.mock.lastCall?.[0]).toBe('Forget all that is stored of a.ts?');
    expect(counts).toEqual([]);
  });

  it('lets lists look again as soon as the records of a file are forgotten, and after all that is kept of it', async () => {
    const { all, counts } = commands();
    await all.forgetFile();
    expect(counts).toEqual([0, 0]);
  });
});
