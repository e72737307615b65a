import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/feedback/errors.ts';
import { openDatabase } from '../../../src/feedback/storing/feedbackDatabase.ts';
import type { StoredRecord } from '../../../src/feedback/completionRecord.ts';
import type { FeedbackStore, OutcomeReport } from '../../../src/feedback/storing/feedbackStore.ts';
import { openFeedbackReader } from '../../../src/feedback/storing/sqliteFeedbackReader.ts';
import { openFeedbackStore, SqliteFeedbackStore } from '../../../src/feedback/storing/sqliteFeedbackStore.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { MemoryFeedbackStore } from '../memoryFeedbackStore.ts';
import {
  completionId,
  sampleCompletion,
  sampleDemonstration,
  sampleImported,
  sampleRanking,
} from '../sampleRecords.ts';

const id = completionId('c1');
const nowMs = Date.UTC(2030, 0, 2, 3, 4, 5);

function report(kind: 'accepted' | 'dismissed'): Omit<OutcomeReport, 'id'> {
  return { outcome: { kind }, evidence: { kind: 'command', why: 'test' }, shownMs: 900 };
}

let folder: string;
let path: string;
let open: FeedbackStore[];

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'feedback.sqlite');
  open = [];
});

afterEach(() => {
  for (const store of open) store.close();
});

function openStore(): FeedbackStore {
  const { store } = openFeedbackStore(path, nowMs);
  open.push(store);
  return store;
}

function closeAll(): void {
  for (const store of open.splice(0)) store.close();
}

function everythingIn(store: FeedbackStore) {
  return {
    completions: store.completions(),
    rankings: store.rankings(),
    demonstrations: store.demonstrations(),
    imported: store.imported(),
    notStored: store.notStored(),
    new: store.recordCountSince(1000),
    newest: idsOf(store.newest(100).records),
    counts: store.counts(),
  };
}

function idsOf(records: readonly StoredRecord[]): string[] {
  return records.map(({ record }) => record.id);
}

/** All bytes that the store's folder holds, as text. */
function bytesOnDisk(): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('');
}

function expectStoreError(work: () => unknown, reason: string): void {
  expect(work).toThrow(expect.objectContaining({ name: 'StoreError', reason }) as Error);
}

describe('a store', () => {
  it('gives back what was added after it was opened again', () => {
    const store = openStore();
    store.addCompletion(sampleCompletion('c1'));
    store.setOutcome({ id, ...report('accepted') });
    store.addRanking(sampleRanking('r1'));
    store.addDemonstration(sampleDemonstration('d1'));
    store.countNothingOffered('midWord');
    const before = everythingIn(store);
    closeAll();
    expect(everythingIn(openStore())).toEqual(before);
  });

  it('keeps one outcome and one measurement of each horizon, the newest', () => {
    const store = openStore();
    store.addCompletion(sampleCompletion('c1'));
    store.setOutcome({ id, ...report('accepted') });
    store.addSurvival(id, { afterMs: 120_000, survivalShare: 0.5 });
    store.addSurvival(id, { afterMs: 30_000, survivalShare: 1 });
    store.addSurvival(id, { afterMs: 30_000, survivalShare: 0.75 });
    store.setOutcome({ id, ...report('dismissed') });
    expect(store.completions()).toMatchObject([
      {
        outcome: { kind: 'dismissed' },
        survival: [
          { afterMs: 30_000, survivalShare: 0.75 },
          { afterMs: 120_000, survivalShare: 0.5 },
        ],
      },
    ]);
    expect(store.counts().outcomes).toEqual({ dismissed: 1 });
  });

  it('keeps what a completion grew to', () => {
    const store = openStore();
    const record = sampleCompletion('c1', { text: 'foo();' });
    store.addCompletion(record);
    const grown = { text: 'foo();\nbar();', written: { ...record.written, completionTokens: [7, 8, 9] } };
    store.growCompletion({ id, ...grown });
    expect(store.completions()).toEqual([{ ...record, ...grown }]);
  });

  it('keeps a correction beside the outcome until it is taken back', () => {
    const store = openStore();
    store.addCompletion(sampleCompletion('c1'));
    store.setOutcome({ id, ...report('dismissed') });
    const before = store.completions();
    store.correct(id, { label: 'kept', atMs: 7 });
    expect(store.completions()).toEqual([{ ...before[0], correction: { label: 'kept', atMs: 7 } }]);
    store.correct(id, undefined);
    expect(store.completions()).toEqual(before);
  });

  it('gives records of all kinds page by page, newest first', () => {
    const store = openStore();
    store.addCompletion(sampleCompletion('c1', { atMs: 3 }));
    store.addRanking(sampleRanking('r1', { atMs: 1 }));
    store.addDemonstration(sampleDemonstration('d1', { atMs: 2 }));
    store.addAll([{ kind: 'imported', record: sampleImported('i1', { atMs: 2 }) }]);
    const first = store.newest(3);
    expect(first.records[0]).toEqual({ kind: 'completion', record: sampleCompletion('c1', { atMs: 3 }) });
    expect(idsOf(first.records)).toEqual(['c1', 'i1', 'd1']);
    const second = store.newest(3, first.next);
    expect(idsOf(second.records)).toEqual(['r1']);
    expect(second.next).toBeUndefined();
    expect(store.newest(2).next).toEqual({ atMs: 2, rowNumber: 4 });
    expect(store.find('r1')).toEqual(store.newest(9).records.at(-1));
    expect(store.find('none')).toBeUndefined();
  });

  it('of before there were imports is carried over as it is', () => {
    const database = new DatabaseSync(path);
    database.exec(`${firstSchema}; PRAGMA user_version = 1`);
    const insert = database.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    for (const name of ['c2', 'c1']) {
      const body = JSON.stringify(sampleCompletion(name));
      insert.run(name, 'completion', 'file:///a.ts', 1000, 'base', null, null, body);
    }
    database.close();
    const store = openStore();
    expect(idsOf(store.newest(9).records)).toEqual(['c1', 'c2']);
    store.addAll([{ kind: 'imported', record: sampleImported('i1') }]);
    expect(store.counts()).toMatchObject({ completions: 2, imported: 1 });
    expect(store.recordCount()).toBe(3);
  });

  it('counts what came after a moment, imported records by when they came in', () => {
    const store = openStore();
    for (const [index, atMs] of [10, 20, 30].entries())
      store.addCompletion(sampleCompletion(`c${index}`, { atMs }));
    store.addAll([
      { kind: 'imported', record: sampleImported('i1', { atMs: 0, importedAtMs: 15 }) },
      { kind: 'imported', record: sampleImported('i2', { atMs: 0, importedAtMs: 25 }) },
      { kind: 'imported', record: sampleImported('i3', { atMs: 40, importedAtMs: 50 }) },
    ]);
    expect([0, 10, 20, 30, 60].map((sinceMs) => store.recordCountSince(sinceMs))).toEqual([6, 5, 3, 1, 0]);
    store.forgetEverything();
    store.addCompletion(sampleCompletion('c9', { atMs: 60 }));
    expect(store.recordCountSince(50)).toBe(1);
  });

  it('does not bring back a forgotten completion by what is reported of it', () => {
    const store = openStore();
    store.addCompletion(sampleCompletion('c1'));
    expect(store.forgetDocument('file:///a.ts')).toBe(1);
    store.setOutcome({ id, ...report('accepted') });
    store.setFinalText(id, 'x');
    expect(store.completions()).toEqual([]);
  });

  it('forgets a document under the names it had before, and no other document of such a name', () => {
    const store = openStore();
    const stored = (id: string, documentUri: string, atMs: number) =>
      store.addCompletion(sampleCompletion(id, { documentUri, atMs }));
    stored('first', 'file:///old/a.ts', 10);
    store.noteRenamed({ fromUri: 'file:///old', toUri: 'file:///new', atMs: 20 });
    stored('second', 'file:///new/a.ts', 30);
    store.noteRenamed({ fromUri: 'file:///new/a.ts', toUri: 'file:///new/b.ts', atMs: 40 });
    stored('another of the old name', 'file:///old/a.ts', 50);
    stored('now', 'file:///new/b.ts', 60);
    expect(store.namesOf('file:///new/b.ts')).toEqual([
      { documentUri: 'file:///new/b.ts', untilMs: Infinity },
      { documentUri: 'file:///new/a.ts', untilMs: 40 },
      { documentUri: 'file:///old/a.ts', untilMs: 20 },
    ]);
    expect(store.forgetDocument('file:///new/b.ts')).toBe(3);
    expect(idsOf(store.newest(9).records)).toEqual(['another of the old name']);
    const names = store.namesOf('file:///new/b.ts').map(({ documentUri }) => documentUri);
    expect(names).not.toContain('file:///new/a.ts');
  });

  it('forgets what was written in a new document before it was saved as this file, and nothing of others of that name', () => {
    const store = openStore();
    const stored = (id: string, documentUri: string, atMs: number) =>
      store.addCompletion(sampleCompletion(id, { documentUri, atMs }));
    for (const [index, name] of ['a', 'b'].entries()) {
      stored(`new, then ${name}`, 'untitled:Untitled-1', 100 * index);
      const toUri = `file:///${name}.ts`;
      store.noteRenamed({ fromUri: 'untitled:Untitled-1', toUri, atMs: 100 * index + 20 });
      stored(name, toUri, 100 * index + 30);
    }
    stored('new', 'untitled:Untitled-1', 300);
    expect(store.forgetDocument('file:///b.ts')).toBe(2);
    expect(idsOf(store.newest(9).records)).toEqual(['new', 'a', 'new, then a']);
    expect(store.forgetDocument('file:///a.ts')).toBe(2);
    expect(idsOf(store.newest(9).records)).toEqual(['new']);
  });

  it('forgets a notebook as a whole, by any of its cells or by its file, also under the name it had before', () => {
    const asked = ['vscode-notebook-cell:/new/b.ipynb#W9sZmlsZQ%3D%3D', 'file:///new/b.ipynb'];
    for (const [index, uri] of asked.entries()) {
      const store = openStore();
      const stored = (id: string, documentUri: string, atMs: number) =>
        store.addCompletion(sampleCompletion(`${index} ${id}`, { documentUri, atMs }));
      stored('first cell', 'vscode-notebook-cell:/old/a.ipynb#W0sZmlsZQ%3D%3D', 10);
      stored('other cell', 'vscode-notebook-cell:/old/a.ipynb#X10sZmlsZQ%3D%3D', 20);
      stored(
        'on a server',
        'vscode-notebook-cell://wsl%2Bubuntu/old/a.ipynb#W0sdnNjb2RlLXJlbW90ZQ%3D%3D',
        20,
      );
      stored('another', 'vscode-notebook-cell:/old/a.ipynb.ipynb#W0sZmlsZQ%3D%3D', 20);
      store.noteRenamed({ fromUri: 'file:///old/a.ipynb', toUri: 'file:///new/b.ipynb', atMs: 30 });
      stored('another of the old name', 'vscode-notebook-cell:/old/a.ipynb#W0sZmlsZQ%3D%3D', 40);
      stored('now', 'vscode-notebook-cell:/new/b.ipynb#W0sZmlsZQ%3D%3D', 40);
      expect(store.forgetDocument(uri)).toBe(4);
      expect(idsOf(store.newest(9).records)).toEqual([
        `${index} another of the old name`,
        `${index} another`,
      ]);
      store.forgetEverything();
    }
  });

  it('notes no name of a document that has no records', () => {
    const store = openStore();
    store.noteRenamed({ fromUri: 'file:///x.ts', toUri: 'file:///y.ts', atMs: 1 });
    expect(store.namesOf('file:///y.ts')).toHaveLength(1);
  });

  it('serves two windows at once', () => {
    const one = openStore();
    const other = openStore();
    one.addCompletion(sampleCompletion('c1'));
    other.addCompletion(sampleCompletion('c2'));
    one.setOutcome({ id: completionId('c2'), ...report('accepted') });
    expect(everythingIn(other)).toEqual(everythingIn(one));
  });

  it('says so when another window does not let go of it', () => {
    const { database } = openDatabase(path, nowMs);
    database.exec('PRAGMA busy_timeout = 0');
    const store = new SqliteFeedbackStore(database, path);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    expectStoreError(() => store.addCompletion(sampleCompletion('c1')), 'busy');
    other.exec('ROLLBACK');
    store.addCompletion(sampleCompletion('c1'));
    expect(store.completions()).toHaveLength(1);
    other.close();
    store.close();
  });

  // Windows lets nobody rename a file that somebody has open.
  it.skipIf(process.platform === 'win32')(
    'neither stores nor forgets in a file that another window set aside',
    () => {
      const one = openStore();
      one.addCompletion(sampleCompletion('c1'));
      for (const part of ['', '-wal', '-shm']) renameSync(path + part, `${path}.corrupt-1${part}`);
      const other = openStore();
      other.addCompletion(sampleCompletion('c2'));
      const { documentUri } = sampleCompletion('c2');
      for (const change of [
        () => one.addCompletion(sampleCompletion('c3')),
        () => one.addAll([{ kind: 'completion', record: sampleCompletion('c3') }]),
        () => one.setFinalText(id, 'x'),
        () => one.countNotStored('secret'),
        () => one.forgetDocument(documentUri),
        () => one.forgetEverything(),
      ])
        expectStoreError(change, 'replaced');
      one.close();
      open.shift();
      expect(idsOf(other.newest(9).records)).toEqual(['c2']);
    },
  );

  it('says that the disk is full and keeps what it had', () => {
    const { database } = openDatabase(path, nowMs);
    database.exec('PRAGMA max_page_count = 16');
    const store = new SqliteFeedbackStore(database, path);
    store.addCompletion(sampleCompletion('c1'));
    const large = sampleCompletion('c2', { prefix: 'x'.repeat(200_000) });
    expectStoreError(() => store.addCompletion(large), 'diskFull');
    const small = { kind: 'completion', record: sampleCompletion('c3') } as const;
    expectStoreError(() => store.addAll([small, { kind: 'completion', record: large }]), 'diskFull');
    expectStoreError(() => store.setFinalText(id, 'x'.repeat(200_000)), 'diskFull');
    expect(store.completions()).toEqual([sampleCompletion('c1')]);
    store.close();
    expect(openStore().completions()).toEqual([sampleCompletion('c1')]);
  });
});

describe('forgetting', () => {
  const marker = 'a text that must be gone';

  it('a document leaves no trace of it on the disk', () => {
    const store = openStore();
    store.addCompletion(sampleCompletion('c1', { text: marker }));
    store.addDemonstration(sampleDemonstration('d1', { documentUri: 'file:///b.ts' }));
    expect(bytesOnDisk()).toContain(marker);
    expect(store.forgetDocument('file:///a.ts')).toBe(1);
    expect(bytesOnDisk()).not.toContain(marker);
    expect(store.counts()).toMatchObject({ completions: 0, demonstrations: 1 });
  });

  it('one record leaves no trace of it on the disk', () => {
    const store = openStore();
    store.addRanking(sampleRanking('r1', { ownText: marker }));
    store.deleteRecords(['r1']);
    expect(bytesOnDisk()).not.toContain(marker);
  });

  it('several records of any kind leave no trace of them on the disk, nor of what they said before', () => {
    const store = openStore();
    store.addCompletion(sampleCompletion('c1', { text: 'kept', finalText: marker }));
    store.setFinalText(id, 'another');
    store.addAll([{ kind: 'imported', record: sampleImported('i1', { prefix: marker.repeat(300) }) }]);
    store.addDemonstration(sampleDemonstration('d1', { text: 'kept' }));
    expect(store.deleteRecords(['c1', 'i1', 'none'])).toBe(2);
    expect(bytesOnDisk()).not.toContain(marker);
    expect(idsOf(store.newest(9).records)).toEqual(['d1']);
  });

  it('what somebody reads just now is gone from the disk once they have read it', () => {
    const store = openStore();
    store.addCompletion(sampleCompletion('c1', { text: marker }));
    const reader = new DatabaseSync(path);
    reader.exec('BEGIN');
    expect(reader.prepare('SELECT count(*) AS n FROM record').get()).toEqual({ n: 1 });
    store.deleteRecords(['c1']);
    expect(bytesOnDisk()).toContain(marker);
    store.addDemonstration(sampleDemonstration('d1'));
    expect(bytesOnDisk()).toContain(marker);
    reader.exec('COMMIT');
    store.addDemonstration(sampleDemonstration('d2'));
    expect(bytesOnDisk()).not.toContain(marker);
    reader.close();
    expect(idsOf(store.newest(9).records)).toEqual(expect.arrayContaining(['d1', 'd2']));
  });

  it('everything gives the disk space back, that of damaged files too', () => {
    writeFileSync(path, marker.repeat(100));
    const store = openStore();
    for (let i = 0; i < 50; i++)
      store.addCompletion(sampleCompletion(`c${i}`, { prefix: marker.repeat(500) }));
    store.countNothingOffered('midWord');
    const emptyBytes = 64 * 1024;
    expect(statSync(path).size + statSync(`${path}-wal`).size).toBeGreaterThan(10 * emptyBytes);
    store.forgetEverything();
    expect(statSync(path).size + statSync(`${path}-wal`).size).toBeLessThan(emptyBytes);
    expect(bytesOnDisk()).not.toContain(marker);
    expect(store.counts()).toMatchObject({ completions: 0, nothingOffered: {} });
  });
});

describe('the limit of a store', () => {
  const text = 'x'.repeat(40_000);

  it('lets the oldest records of all kinds go, and no more than need be', () => {
    const store = openStore();
    for (let index = 0; index < 75; index++) {
      store.addCompletion(sampleCompletion(`c${index}`, { atMs: 3 * index, prefix: text }));
      store.addDemonstration(sampleDemonstration(`d${index}`, { atMs: 3 * index + 1, prefix: text }));
    }
    store.addRanking(sampleRanking('r', { atMs: 0 }));
    const before = statSync(path).size;
    expect(store.keepWithin(before * 2)).toBe(0);
    const limit = 4e6;
    const went = store.keepWithin(limit);
    expect(went).toBeGreaterThan(50);
    const times = [...store.completions(), ...store.demonstrations()].map(({ atMs }) => atMs);
    expect(store.rankings()).toEqual([]);
    expect(times).toHaveLength(151 - went);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(Math.floor((3 * (went - 1)) / 2) - 3);
    const kept = times.length * text.length;
    expect(kept).toBeLessThanOrEqual(limit);
    expect(kept).toBeGreaterThan(0.5 * limit);
  });

  it('uses the room again, so that the file does not grow', () => {
    const store = openStore();
    const fill = (from: number): void => {
      for (let index = from; index < from + 50; index++)
        store.addDemonstration(sampleDemonstration(`d${index}`, { atMs: index, prefix: text }));
    };
    fill(0);
    store.keepWithin(1e6);
    const size = statSync(path).size;
    fill(50);
    store.keepWithin(1e6);
    expect(statSync(path).size).toBeLessThan(1.6 * size);
    expect(store.demonstrations().at(-1)?.id).toBe('d99');
  });

  it('ends with an empty store where not even one record fits', () => {
    const store = openStore();
    store.addRanking(sampleRanking('r'));
    expect(store.keepWithin(1)).toBe(1);
    expect(store.keepWithin(1)).toBe(0);
  });
});

describe('a damaged store', () => {
  it('skips and counts rows that cannot be read, and leaves them where they are', () => {
    const store = openStore();
    for (const name of ['c1', 'c2', 'c3']) store.addCompletion(sampleCompletion(name));
    closeAll();
    const database = new DatabaseSync(path);
    database.exec(`UPDATE record SET body = '{"id": "c1"' WHERE id = 'c1'`);
    database.exec(`UPDATE record SET body = json_set(body, '$.offset', -1) WHERE id = 'c2'`);
    database.close();
    const again = openStore();
    again.setOutcome({ id, ...report('accepted') });
    expect(again.completions()).toEqual([sampleCompletion('c3')]);
    expect(again.counts()).toMatchObject({ completions: 1, damaged: 2, outcomes: {} });
  });

  it.each([
    ['is no database', () => Buffer.from('not a database at all, but long enough to look at'.repeat(20))],
    ['was cut off', (sound: Buffer) => sound.subarray(0, sound.length - 6000)],
    [
      'was overwritten in the middle',
      (sound: Buffer) =>
        Buffer.concat([sound.subarray(0, 4096), Buffer.alloc(8192, 7), sound.subarray(12_288)]),
    ],
  ])('that %s is moved aside and a new one begun', (_, damage) => {
    const store = openStore();
    for (let i = 0; i < 20; i++) store.addCompletion(sampleCompletion(`c${i}`, { prefix: 'x'.repeat(1000) }));
    closeAll();
    const damaged = damage(readFileSync(path));
    writeFileSync(path, damaged);
    const { store: fresh, movedAside } = openFeedbackStore(path, nowMs);
    open.push(fresh);
    fresh.addCompletion(sampleCompletion('c1'));
    expect(fresh.completions()).toEqual([sampleCompletion('c1')]);
    expect(movedAside).toBe(`${path}.corrupt-2030-01-02T03-04-05-000Z`);
    expect(readFileSync(movedAside!).equals(damaged)).toBe(true);
  });

  it('of a newer version is refused and not touched', () => {
    openStore();
    closeAll();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    const before = readFileSync(path);
    expectStoreError(() => openFeedbackStore(path, nowMs), 'newerVersion');
    expectStoreError(() => openFeedbackReader(path), 'newerVersion');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('that cannot be made says so', () => {
    writeFileSync(join(folder, 'file'), '');
    expectStoreError(() => openFeedbackStore(join(folder, 'file', 'feedback.sqlite'), nowMs), 'notWritable');
  });

  it('in whose place a folder is says so, and leaves that as it is', () => {
    mkdirSync(path);
    expectStoreError(() => openFeedbackStore(path, nowMs), 'folder');
    expectStoreError(() => openFeedbackReader(path), 'folder');
    expect(readdirSync(folder)).toEqual([basename(path)]);
  });
});

describe('a reader', () => {
  it('sees what the store wrote, while it is open and after it was closed', () => {
    const store = openStore();
    store.addCompletion(sampleCompletion('c1'));
    const during = openFeedbackReader(path);
    store.setFinalText(id, 'x');
    expect(during.completions()).toEqual([sampleCompletion('c1', { finalText: 'x' })]);
    during.close();
    closeAll();
    const after = openFeedbackReader(path);
    expect(after.completions()).toEqual([sampleCompletion('c1', { finalText: 'x' })]);
    after.close();
  });

  it('does not make a store where there is none', () => {
    expectStoreError(() => openFeedbackReader(path), 'missing');
    expect(existsSync(path)).toBe(false);
  });

  it('refuses a file that is no database', () => {
    writeFileSync(path, 'not a database at all, but long enough to look at'.repeat(20));
    expectStoreError(() => openFeedbackReader(path), 'corrupt');
    expect(StoreError.is(new Error('x'))).toBe(false);
  });
});

/** The store's first schema, as it was. */
const firstSchema = `
  CREATE TABLE record (
    id                 TEXT PRIMARY KEY,
    kind               TEXT NOT NULL CHECK (kind IN ('completion', 'ranking', 'demonstration')),
    documentUri        TEXT NOT NULL,
    atMs               REAL NOT NULL,
    policyId           TEXT,
    outcome            TEXT,
    noCompletionReason TEXT,
    body               TEXT NOT NULL
  ) STRICT;
  CREATE INDEX recordByTime ON record (kind, atMs);
  CREATE INDEX recordByDocument ON record (documentUri);
  CREATE TABLE counter (
    name   TEXT NOT NULL CHECK (name IN ('nothingOffered', 'notStored')),
    reason TEXT NOT NULL,
    times  INTEGER NOT NULL,
    PRIMARY KEY (name, reason)
  ) STRICT`;

type Call = (store: FeedbackStore) => void;

const ids = fc.constantFrom('a', 'b', 'c');
const documents = fc.constantFrom('file:///a.ts', 'file:///b.ts');
const times = fc.constantFrom(1000, 2000, 3000);

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.tuple(ids, documents, times).map(
    ([name, documentUri, atMs]): Call =>
      (store) =>
        store.addCompletion(sampleCompletion(name, { documentUri, atMs })),
  ),
  fc.tuple(ids, times).map(
    ([name, atMs]): Call =>
      (store) =>
        store.addRanking(sampleRanking(`r${name}`, { atMs })),
  ),
  fc.tuple(ids, documents).map(
    ([name, documentUri]): Call =>
      (store) =>
        store.addDemonstration(sampleDemonstration(`d${name}`, { documentUri })),
  ),
  fc.tuple(ids, fc.constantFrom('accepted', 'dismissed')).map(
    ([name, kind]): Call =>
      (store) =>
        store.setOutcome({ id: completionId(name), ...report(kind) }),
  ),
  fc.tuple(ids, fc.constantFrom(30_000, 120_000), fc.double({ min: 0, max: 1, noNaN: true })).map(
    ([name, afterMs, survivalShare]): Call =>
      (store) =>
        store.addSurvival(completionId(name), { afterMs, survivalShare }),
  ),
  fc.tuple(ids, fc.string()).map(
    ([name, text]): Call =>
      (store) =>
        store.setFinalText(completionId(name), text),
  ),
  fc.constantFrom('midWord', 'disabled').map(
    (reason): Call =>
      (store) =>
        store.countNothingOffered(reason),
  ),
  fc.constantFrom('gitIgnored').map(
    (reason): Call =>
      (store) =>
        store.countNotStored(reason),
  ),
  ids.map(
    (name): Call =>
      (store) =>
        store.deleteRecords([name, `d${name}`, 'none']),
  ),
  fc.tuple(ids, ids).map(
    ([name, other]): Call =>
      (store) =>
        store.addAll([
          { kind: 'imported', record: sampleImported(`i${name}`) },
          { kind: 'ranking', record: sampleRanking(`r${other}`) },
        ]),
  ),
  fc.tuple(ids, fc.constantFrom('kept', 'refused', 'none', undefined)).map(
    ([name, label]): Call =>
      (store) =>
        store.correct(completionId(name), label && { label, atMs: 1 }),
  ),
  documents.map(
    (documentUri): Call =>
      (store) =>
        store.forgetDocument(documentUri),
  ),
  fc.tuple(documents, documents, times).map(
    ([fromUri, toUri, atMs]): Call =>
      (store) =>
        store.noteRenamed({ fromUri, toUri, atMs }),
  ),
);

it('does the same as plain maps, whatever is called in whatever order', () => {
  const { database } = openDatabase(path, nowMs);
  const tables = database.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL').all();
  database.close();
  fc.assert(
    fc.property(fc.array(call, { maxLength: 15 }), (calls) => {
      const model = new MemoryFeedbackStore();
      const inMemory = new DatabaseSync(':memory:');
      for (const { sql } of tables) inMemory.exec(String(sql));
      const store = new SqliteFeedbackStore(inMemory, ':memory:');
      for (const apply of calls) {
        apply(model);
        apply(store);
      }
      expect(everythingIn(store)).toEqual(everythingIn(model));
      store.close();
    }),
    { numRuns: 40 },
  );
});
