import { describe, expect, it } from 'vitest';
import { StoredEntries, type EntryQuery } from '../../../src/editor/stored/storedEntries.ts';
import { entryOf } from '../../../src/report/storedEntry.ts';
import { completionId, sampleCompletion, sampleRanking } from '../../feedback/sampleRecords.ts';
import { MemoryFeedbackStore } from '../../feedback/memoryFeedbackStore.ts';
import { askedAt, corrected, keptBy, ranking } from '../../trainer/feedbackRecords.ts';

const noRest = () => Promise.resolve();
const all: EntryQuery = { search: '', group: 'all', offset: 0, limit: 10 };

/** Records c0 to c24, a minute apart, every fifth kept, in two files. */
function storeWith25(): MemoryFeedbackStore {
  const store = new MemoryFeedbackStore();
  for (let i = 0; i < 25; i++) {
    const documentUri = `file:///${i < 5 ? 'old' : 'new'}.ts`;
    const changes = i % 5 === 0 ? keptBy(1) : {};
    store.addCompletion(
      sampleCompletion(`c${i}`, { atMs: i * 60_000, documentUri, text: `call${i}()`, ...changes }),
    );
  }
  return store;
}

async function entriesOf(store: MemoryFeedbackStore): Promise<StoredEntries> {
  const entries = new StoredEntries(store);
  await entries.read(noRest, () => undefined);
  return entries;
}

const idsOf = (entries: StoredEntries, query: Partial<EntryQuery>) =>
  entries.page({ ...all, ...query }).rows.map(({ entry }) => entry.id);

describe('StoredEntries', () => {
  it('gives pages, newest first', async () => {
    const entries = await entriesOf(storeWith25());
    expect(entries.page(all)).toMatchObject({ matching: 25, total: 25 });
    expect(idsOf(entries, { limit: 2 })).toEqual(['c24', 'c23']);
    expect(idsOf(entries, { offset: 24, limit: 2 })).toEqual(['c0']);
  });

  it('gives the last page in place of one that is gone, also where nothing fits', async () => {
    const entries = await entriesOf(storeWith25());
    entries.drop(['c0']);
    expect(entries.page({ ...all, offset: 24, limit: 2 })).toMatchObject({ offset: 22, matching: 24 });
    expect(idsOf(entries, { offset: 24, limit: 2 })).toEqual(['c2', 'c1']);
    expect(entries.page({ ...all, offset: 20, search: 'nowhere' })).toMatchObject({ offset: 0, rows: [] });
  });

  it('finds by all words, in file, text and fate', async () => {
    const entries = await entriesOf(storeWith25());
    expect(idsOf(entries, { search: 'OLD call3' })).toEqual(['c3']);
    expect(idsOf(entries, { search: 'accepted old' })).toEqual(['c0']);
    expect(entries.page({ ...all, search: 'nowhere' })).toMatchObject({ matching: 0, total: 25 });
  });

  it('finds what stands behind the start that a row shows, and every text of a record', async () => {
    const store = storeWith25();
    const long = `${'x = 1\n'.repeat(100)}password`;
    store.addCompletion(sampleCompletion('long', { text: long, finalText: 'what became of it' }));
    store.addRanking(
      ranking(askedAt('█', 1), [
        ['first', 1],
        ['second', 2],
      ]),
    );
    const entries = await entriesOf(store);
    expect(idsOf(entries, { search: 'password' })).toEqual(['long']);
    expect(idsOf(entries, { search: 'became of it' })).toEqual(['long']);
    expect(idsOf(entries, { search: 'second' })).toHaveLength(1);
    expect(entries.page({ ...all, search: 'password' }).rows[0]?.entry.text).toHaveLength(200);
  });

  it('narrows to what is wanted or corrected, also after a correction', async () => {
    const store = storeWith25();
    store.addRanking(sampleRanking('r1', { atMs: 1 }));
    const entries = await entriesOf(store);
    expect(idsOf(entries, { group: 'wanted' })).toHaveLength(5);
    expect(idsOf(entries, { group: 'ranking' })).toEqual(['r1']);
    store.correct(completionId('c3'), corrected('kept').correction);
    await entries.read(noRest, () => undefined);
    expect(idsOf(entries, { group: 'corrected' })).toEqual(['c3']);
  });

  it('lists what a retraining learns from them, each with its reason, and finds by it', async () => {
    const store = new MemoryFeedbackStore();
    const evidence = { kind: 'command', why: 'The accept command ran.' } as const;
    store.addCompletion(sampleCompletion('c1', { atMs: 2, text: 'call()', ...keptBy(1), evidence }));
    store.addCompletion(sampleCompletion('c2', { atMs: 3, text: 'other()' }));
    store.addRanking(
      ranking(askedAt('x = █', 0), [
        ['one', 1],
        ['two', 2],
        ['three', 2],
      ]),
    );
    const entries = await entriesOf(store);
    const preferences = entries.page({ ...all, group: 'preferences' });
    expect(preferences).toMatchObject({ matching: 3, total: 3 });
    expect(preferences.rows.map(({ entry, lessonIndex }) => entry.lessons[lessonIndex!])).toMatchObject([
      { better: 'call()', worse: '', why: { sentence: 'It was accepted: The accept command ran.' } },
      { better: 'one', worse: 'two', why: { sentence: 'You gave it rank 1, the other 2.' } },
      { better: 'one', worse: 'three', why: { certainty: 'sure' } },
    ]);
    expect(idsOf(entries, { group: 'demonstrations' })).toEqual(['c1']);
    expect(entries.page({ ...all, group: 'preferences', search: 'THREE rank' })).toMatchObject({
      rows: [{ lessonIndex: 1 }],
      matching: 1,
    });
    expect(idsOf(entries, { group: 'preferences', search: 'accepted' })).toEqual(['c1']);
  });

  it('knows what came from a file and from a day, and drops what is forgotten', async () => {
    const entries = await entriesOf(storeWith25());
    expect(entries.ofDocument([{ documentUri: 'file:///old.ts', untilMs: Infinity }])).toHaveLength(5);
    const noon = new Date(2030, 5, 1, 12).getTime();
    const store = new MemoryFeedbackStore();
    for (const [id, hours] of [
      ['a', 0],
      ['b', 11],
      ['c', 13],
    ] as const)
      store.addCompletion(sampleCompletion(id, { atMs: noon + hours * 3_600_000 }));
    const days = await entriesOf(store);
    expect(days.ofDay(noon).map(({ id }) => id)).toEqual(['b', 'a']);
    days.drop(['a', 'b']);
    expect(idsOf(days, {})).toEqual(['c']);
  });

  it('shows the newest while it still reads, and reads in small pieces', async () => {
    const entries = new StoredEntries(storeWith25());
    const known: number[] = [];
    await entries.read(noRest, () => known.push(entries.page(all).total));
    expect([...new Set(known)]).toEqual([5, 10, 15, 20, 25]);
  });

  it('is ended by a second reading, which comes to the end', async () => {
    const entries = new StoredEntries(storeWith25());
    const both = [entries.read(noRest, () => undefined), entries.read(noRest, () => undefined)];
    expect(await Promise.all(both)).toEqual([false, true]);
    expect(entries.page(all).total).toBe(25);
  });

  it.each([
    ['the first time', false],
    ['anew', true],
  ])('knows what was forgotten or corrected while it reads %s', async (_, isAnew) => {
    const store = storeWith25();
    const entries = isAnew ? await entriesOf(store) : new StoredEntries(store);
    let pieces = 0;
    await entries.read(noRest, () => {
      pieces += 1;
      if (pieces !== 3) return;
      store.deleteRecords(['c24']);
      entries.drop(['c24']);
      store.correct(completionId('c23'), corrected('kept').correction);
      entries.replace(entryOf(store.find('c23')!));
    });
    expect(entries.page(all)).toMatchObject({ matching: 24, total: 24 });
    expect(idsOf(entries, { limit: 2 })).toEqual(['c23', 'c22']);
    expect(idsOf(entries, { group: 'corrected' })).toEqual(['c23']);
  });

  it('keeps what it knew until it has read all anew', async () => {
    const store = storeWith25();
    const entries = await entriesOf(store);
    store.addCompletion(sampleCompletion('c99', { atMs: 9e9 }));
    const known: number[] = [];
    await entries.read(noRest, () => known.push(entries.page(all).total));
    expect([...new Set(known), entries.page(all).total]).toEqual([25, 26]);
  });
});
