import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFeedbackReader } from '../../src/feedback/storing/sqliteFeedbackReader.ts';
import { openFeedbackStore } from '../../src/feedback/storing/sqliteFeedbackStore.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { completionId } from '../feedback/sampleRecords.ts';
import { bundleReportPage } from '../support/reportPage.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { attune } from './attune.ts';
import { tinyData } from './tinyData.ts';

/** Runs until a stage is under way and cancels it there. */
function interruptedIn(stage: string, args: readonly string[]) {
  const controller = new AbortController();
  return attune(args, {
    signal: controller.signal,
    onProgress: (label) => {
      if (label === stage) controller.abort();
    },
  });
}

describe('retrain', () => {
  it('retrains to a verdict with progress, keeps the adapter, and reports', async () => {
    const { data, retrain } = await tinyData();
    const { printed, error, finished } = await attune(retrain);
    expect(error).toBeUndefined();
    expect(finished.slice(1)).toEqual(['sft', 'reward', 'judge', 'ppo', 'gate']);
    const [entry] = await new AdapterStore(join(data, 'adapters')).list();
    expect(printed).toContain(`The adapter is ${entry!.id}.`);
    expect(printed).toMatch(/^(?:Not promoted|Promoted): /m);
    expect((await attune(['adapters', '--data', data])).printed).toContain(entry!.id);
    expect(existsSync(join(data, 'checkpoint'))).toBe(false);
  });

  it('keeps which records an adapter learned from, and none that is held out', async () => {
    const { data, retrain } = await tinyData();
    await attune(retrain);
    const adapters = new AdapterStore(join(data, 'adapters'));
    const [entry] = await adapters.list();
    const learned = await adapters.learnedFrom(entry!.id);
    const reader = openFeedbackReader(join(data, 'feedback.sqlite'));
    const all = [...reader.completions(), ...reader.rankings(), ...reader.demonstrations()];
    reader.close();
    // Half of the work is held out here: the newest.
    const older = all.toSorted((a, b) => a.atMs - b.atMs).slice(0, all.length / 2);
    expect(learned?.toSorted()).toEqual(older.map(({ id }): string => id).toSorted());
  });

  it('holds out nothing that the adapter learned from which serves, once newer work was forgotten', async () => {
    const { data, retrain } = await tinyData();
    await attune(retrain);
    const adapters = new AdapterStore(join(data, 'adapters'));
    const [first] = await adapters.list();
    await adapters.promote(first!.id);
    const learned = new Set(await adapters.learnedFrom(first!.id));
    const { store } = openFeedbackStore(join(data, 'feedback.sqlite'), 0);
    const all = [...store.completions(), ...store.demonstrations()];
    const newer = all.filter(({ id }) => !learned.has(id)).toSorted((a, b) => a.atMs - b.atMs);
    store.deleteRecords(newer.slice(10).map(({ id }) => id));
    store.close();
    await attune(retrain);
    const second = (await adapters.list()).find(({ id }) => id !== first!.id);
    const kept = await adapters.comparisons(second!.id);
    expect(kept?.comparisons).toHaveLength(10);
    const askedFromMs = Math.min(...kept!.comparisons.map(({ demonstration: { atMs } }) => atMs));
    expect(askedFromMs).toBeGreaterThanOrEqual(newer[0]!.atMs);
  });

  it('keeps its checkpoint when it is cancelled, and goes on from there to the same adapter', async () => {
    const whole = await tinyData();
    await attune(whole.retrain);
    const { data, retrain } = await tinyData();
    const model = whole.retrain[whole.retrain.indexOf('--model') + 1]!;
    const sameModel = retrain.with(retrain.indexOf('--model') + 1, model);
    const cancelled = await interruptedIn('reward', sameModel);
    expect(cancelled.error).toMatchObject({
      reason: 'cancelled',
      message: 'Cancelled. The same command goes on from the checkpoint, unless new feedback comes in.',
    });
    expect(cancelled.finished).toContain('reward');
    const rest = await attune(sameModel);
    expect(rest.finished.slice(1)).toEqual(['reward', 'judge', 'ppo', 'gate']);
    const hashes = [whole.data, data].map(async (folder) => {
      const [entry] = await new AdapterStore(join(folder, 'adapters')).list();
      return entry?.kind === 'adapter' ? entry.manifest.weightsSha256 : undefined;
    });
    expect(await hashes[1]).toBe(await hashes[0]);
  });

  it('reads the files of the workspace anew once new feedback came in, or something else is asked for', async () => {
    const { data, retrain } = await tinyData();
    const workspace = temporaryFolder();
    const inWorkspace = [...retrain, '--workspace', workspace];
    const kept = () => readFileSync(join(data, 'checkpoint-files.json'), 'utf8');
    const editFile = (text: string) => writeFileSync(join(workspace, 'a.ts'), `const ${text} = 1;\n`);
    editFile('first');
    await interruptedIn('reward', inWorkspace);
    editFile('second');
    await interruptedIn('reward', inWorkspace);
    expect(kept()).toContain('first');
    const { store } = openFeedbackStore(join(data, 'feedback.sqlite'), 0);
    const [work] = store.completions();
    store.addCompletion({ ...work!, id: completionId('another') });
    store.close();
    await interruptedIn('reward', inWorkspace);
    expect(kept()).toContain('second');
    editFile('third');
    await interruptedIn('reward', [...inWorkspace, '--seed', '2']);
    expect(kept()).toContain('third');
    await interruptedIn('reward', [...retrain, '--workspace', temporaryFolder(), '--seed', '2']);
    expect(kept()).not.toContain('third');
  });

  it('keeps what its learning report shows, which can be had again, also as a page', async () => {
    const { data, retrain } = await tinyData();
    const { printed } = await attune(retrain);
    const again = await attune(['report', '--data', data]);
    expect(printed.startsWith(again.printed)).toBe(true);
    const [entry] = await new AdapterStore(join(data, 'adapters')).list();
    const kept = await new AdapterStore(join(data, 'adapters')).comparisons(entry!.id);
    expect(kept).toMatchObject({ forgotten: 0 });
    expect(kept?.comparisons[0]?.demonstration).toMatchObject({
      text: expect.stringMatching(/^value\d+ \+/) as string,
    });
    const page = join(data, 'report.html');
    await bundleReportPage();
    expect((await attune(['report', entry!.id, '--html', page, '--data', data])).error).toBeUndefined();
    const html = readFileSync(page, 'utf8');
    for (const part of [
      'Loss',
      'Reward',
      'KL',
      'Entropy, estimated',
      'Length',
      'How sure, and how often right',
    ]) {
      expect(html).toContain(`<b>${part}</b>`);
    }
  });

  it('has as many minutes as an option says, over what the hyperparameters say', async () => {
    const { data, retrain } = await tinyData({ sft: { epochs: 16 }, ppo: {}, timeBudgetMs: 3_600_000 });
    const { error } = await attune([...retrain, '--minutes', '0.005']);
    expect(error).toBeUndefined();
    const [entry] = await new AdapterStore(join(data, 'adapters')).list();
    expect(entry).toMatchObject({
      kind: 'adapter',
      manifest: { hyperparameters: { timeBudgetMs: 300, ppo: { rolloutsPerIteration: 16, epochs: 2 } } },
    });
    expect((await attune([...retrain, '--minutes', '0'])).error).toMatchObject({
      message: expect.stringMatching(/A number above 0 is needed/) as string,
    });
  });

  it('says so when it is cancelled before its first checkpoint', async () => {
    const { retrain } = await tinyData();
    expect((await interruptedIn('sft', retrain)).error).toMatchObject({
      message: 'Cancelled. There was no checkpoint yet: the same command begins anew.',
    });
  });

  it.each([
    ['hyperparameters that are no JSON', '{', /is no JSON: /],
    [
      'hyperparameters that there are none of',
      '{"sft": {"epochs": 0}}',
      /^The hyperparameters cannot be used: /,
    ],
  ])('refuses %s', async (_, text, message) => {
    const { data, retrain } = await tinyData();
    writeFileSync(join(data, 'hyperparameters.json'), text);
    const { error } = await attune(retrain);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as string });
  });

  it('says so where there is no feedback, before it looks for a model', async () => {
    const { error } = await attune(['retrain', '--data', temporaryFolder(), '--model', 'none']);
    expect(error).toMatchObject({ name: 'StoreError', reason: 'missing' });
  });
});
