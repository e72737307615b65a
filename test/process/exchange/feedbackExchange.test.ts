import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFeedbackStore } from '../../../src/feedback/storing/sqliteFeedbackStore.ts';
import {
  exportedSentence,
  exportTo,
  importedSentences,
  importFrom,
  type ExportFormat,
} from '../../../src/process/exchange/feedbackExchange.ts';
import { MemoryFeedbackStore } from '../../feedback/memoryFeedbackStore.ts';
import { elsewhere } from '../../support/elsewhere.ts';
import { saying } from '../../support/saying.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { askedAt, completion, demonstration, ranking, refusedFor } from '../../trainer/feedbackRecords.ts';

const settings = { nowMs: 1, rules: { excludedPatterns: [], workspaceFolders: [] } };

function storeWithFeedback(): MemoryFeedbackStore {
  const store = new MemoryFeedbackStore();
  for (let minute = 1; minute <= 10; minute++)
    store.addDemonstration(demonstration(askedAt(`let v${minute} = █`, minute), `call${minute}();`));
  store.addCompletion(completion(askedAt('b█', 2), 'bad', refusedFor('good')));
  store.addRanking(ranking(askedAt('c█', 3), [['x', 1]]));
  return store;
}

function fileWith(...lines: readonly (string | object)[]): string {
  const path = join(temporaryFolder(), 'team.jsonl');
  writeFileSync(
    path,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return path;
}

it('imports exported records as they were', async () => {
  const store = storeWithFeedback();
  const path = join(temporaryFolder(), 'all.jsonl');
  const exported = await exportTo(path, store, { format: 'records' });
  expect(exportedSentence('all.jsonl', { format: 'records' }, exported)).toBe(
    '12 records were written to all.jsonl.',
  );
  const other = new MemoryFeedbackStore();
  expect(await importFrom(path, other, settings)).toMatchObject({ added: 12, known: 0, refused: 0 });
  const kinds = ['completions', 'rankings', 'demonstrations'] as const;
  for (const kind of kinds) expect(other[kind]()).toEqual(store[kind]());
  expect(await importFrom(path, other, settings)).toMatchObject({ added: 0, known: 12 });
});

it('knows what a file was called before, where records came from an export', async () => {
  const store = new MemoryFeedbackStore();
  const [older, newer] = ['file:///old.ts', 'file:///new.ts'];
  store.addDemonstration(demonstration(askedAt('a = █', 1, older), 'one();'));
  store.noteRenamed({ fromUri: older, toUri: newer, atMs: 120_000 });
  store.addDemonstration(demonstration(askedAt('b = █', 3, newer), 'two();'));
  const path = join(temporaryFolder(), 'all.jsonl');
  expect(await exportTo(path, store, { format: 'records' })).toEqual({ rows: 2, heldOut: 0 });
  const other = new MemoryFeedbackStore();
  for (const added of [2, 0])
    expect(await importFrom(path, other, settings)).toMatchObject({ added, refused: 0 });
  expect(other.renamings()).toEqual([{ fromUri: older, toUri: newer, atMs: 120_000 }]);
  expect(other.forgetDocument(newer)).toBe(2);
});

it('takes a line as one whose texts hold the line ends of Unicode, and one that ends as on Windows', async () => {
  const store = new MemoryFeedbackStore();
  const path = fileWith(
    { prompt: 'const ends = "\u2028\u2029";', completion: '\nreturn ends;' },
    `${JSON.stringify({ prompt: 'a', completion: 'b' })}\r`,
    '\r',
    'no json',
  );
  const imported = await importFrom(path, store, settings);
  expect(imported).toMatchObject({ added: 2, refused: 1, problems: [{ line: 4 }] });
});

it('leaves the newest work out of what others train on', async () => {
  const path = join(temporaryFolder(), 'sft.jsonl');
  const format = 'prompt-completion';
  const exported = await exportTo(path, storeWithFeedback(), { format });
  const rows = readFileSync(path, 'utf8');
  expect(exported).toEqual({ rows: 9, heldOut: 2 });
  expect(rows).toContain('call8();');
  expect(rows).not.toContain('call9();');
  expect(exportedSentence('x', { format }, exported)).toMatch(/^9 rows .* 2 more are of the newest work/);
});

it('writes the prompt that Qwen is given where that is wanted', async () => {
  const store = new MemoryFeedbackStore();
  store.addDemonstration(demonstration(askedAt('a = █;', 1), '1'));
  store.addDemonstration(demonstration(askedAt('b = █;', 2), '2'));
  const path = join(temporaryFolder(), 'sft.jsonl');
  await exportTo(path, store, { format: 'prompt-completion', isMarked: true });
  const [row] = readFileSync(path, 'utf8').split('\n');
  expect(JSON.parse(row!)).toMatchObject({
    prompt: '<|fim_prefix|><|fim_suffix|>;<|fim_middle|>a = ',
    completion: '1',
  });
});

it('skips lines that are no example and says which', async () => {
  const store = new MemoryFeedbackStore();
  const path = fileWith({ prompt: 'a', completion: 'b' }, 'no json', '', { text: 'c' });
  const imported = await importFrom(path, store, settings);
  expect(imported).toEqual({
    ...{ added: 1, known: 0, notStored: {}, refused: 2 },
    problems: [
      { line: 2, why: saying('It is no JSON.') },
      { line: 4, why: saying('It has no text in the column prompt.') },
    ],
  });
  expect(importedSentences('team.jsonl', imported)).toEqual([
    '1 record was imported from team.jsonl.',
    'Lines that hold no example: 2.',
    'Line 2: It is no JSON.',
    'Line 4: It has no text in the column prompt.',
  ]);
});

it('counts one as one', () => {
  const one = { added: 1, known: 1, notStored: {}, refused: 0, problems: [] };
  expect(importedSentences('a', one)).toEqual(['1 record was imported from a.', '1 was stored already.']);
  const said = (format: ExportFormat) => exportedSentence('a', { format }, { rows: 1, heldOut: 1 });
  const stays = '1 more is of the newest work; it stays here, because adapters are judged by it.';
  expect(said('records')).toBe(`1 record was written to a. ${stays}`);
  expect(said('preference')).toBe(`1 row was written to a. ${stays}`);
});

it('says of a folder that it is none', async () => {
  const imported = importFrom(temporaryFolder(), new MemoryFeedbackStore(), settings);
  await expect(imported).rejects.toThrow(/is a folder: choose a file\.$/);
});

it('takes records of files of another system, unless the user or their names forbid it', async () => {
  const store = new MemoryFeedbackStore();
  const exported = ['a.ts', 'plans/b.ts', '.env'].map((path, minute) => {
    const record = demonstration(askedAt('let a = █', minute), `${path}();`);
    return { kind: 'demonstration', ...record, documentUri: `${elsewhere}/${path}` };
  });
  const rules = { excludedPatterns: ['plans/'], workspaceFolders: [] };
  const imported = await importFrom(fileWith(...exported), store, { ...settings, rules });
  expect(imported).toMatchObject({ added: 1, notStored: { excludedByUser: 1, secretFile: 1 }, refused: 0 });
  expect(store.demonstrations()).toMatchObject([{ documentUri: `${elsewhere}/a.ts` }]);
});

it('keeps no secret, and nothing of a file whose text is never kept', async () => {
  const store = new MemoryFeedbackStore();
  const key = 'apiKey = "q8Zr3LmP0vTx7Wb2Yd5N"';
  const path = fileWith(
    { prompt: key, completion: 'b' },
    { prompt: 'a', chosen: 'b', rejected: key },
    { prompt: 'a', completion: 'b', document: 'file:///work/.env', at_ms: 3 },
  );
  const imported = await importFrom(path, store, settings);
  const { notStored } = imported;
  expect(notStored).toEqual({ secretInText: 2, secretFile: 1 });
  expect(importedSentences(path, imported)).toContain(
    'Not stored, because they may not be: 2 (a text with something like a key), 1 (a file that holds keys).',
  );
  expect(store.counts()).toMatchObject({ imported: 0, notStored });
});

it('stores nothing of a file whose import is cancelled', async () => {
  const cancelled = new AbortController();
  const store = new MemoryFeedbackStore();
  const rows = [1, 2, 3].map((row) => ({ prompt: 'a', completion: `b${row}` }));
  const path = fileWith({ prompt: 'apiKey = "q8Zr3LmP0vTx7Wb2Yd5N"', completion: 'b' }, ...rows);
  // The user has enough when the second row is looked at.
  const asked: string[] = [];
  const find = store.find.bind(store);
  store.find = (id) => {
    if (asked.push(id) === 2) cancelled.abort();
    return find(id);
  };
  const { signal } = cancelled;
  await expect(importFrom(path, store, { ...settings, signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect([asked.length, store.counts()]).toMatchObject([2, { imported: 0, notStored: {} }]);
  expect(await importFrom(path, store, settings)).toMatchObject({ added: 3, notStored: { secretInText: 1 } });
});

it('takes a row that stands in a file twice for one', async () => {
  const row = { prompt: 'a', completion: 'b' };
  const imported = await importFrom(fileWith(row, row), new MemoryFeedbackStore(), settings);
  expect(imported).toMatchObject({ added: 1, known: 1 });
});

/** More than are stored at once. */
const manyRows = Array.from({ length: 250 }, (_, row) => ({ prompt: `a${row}`, completion: 'b' }));

it('stores nothing of a file whose import is cancelled while it stores', async () => {
  const cancelled = new AbortController();
  const store = storeWithFeedback();
  const before = store.counts();
  const addAll = store.addAll.bind(store);
  const steps: number[] = [];
  store.addAll = (records) => {
    if (steps.push(records.length) === 2) cancelled.abort();
    return addAll(records);
  };
  const path = fileWith(...manyRows);
  const { signal } = cancelled;
  await expect(importFrom(path, store, { ...settings, signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect([steps, store.counts()]).toEqual([[100, 100], before]);
  expect(await importFrom(path, store, settings)).toMatchObject({ added: 250, known: 0 });
});

it('lets an open window store something while it stores much', async () => {
  const path = join(temporaryFolder(), 'feedback.sqlite');
  const [store, ofWindow] = [openFeedbackStore(path, 0).store, openFeedbackStore(path, 0).store];
  const addAll = store.addAll.bind(store);
  const stored: number[] = [];
  store.addAll = (records) => {
    setImmediate(() => {
      ofWindow.addDemonstration(
        demonstration(askedAt('let a = █', stored.length), `call${stored.length}();`),
      );
      stored.push(ofWindow.recordCount());
    });
    return addAll(records);
  };
  expect(await importFrom(fileWith(...manyRows), store, settings)).toMatchObject({ added: 250 });
  expect(stored).toEqual([101, 202, 253]);
  for (const open of [store, ofWindow]) open.close();
});

it('counts what another import of the same file stored meanwhile as known', async () => {
  const [path, file] = [join(temporaryFolder(), 'feedback.sqlite'), fileWith(...manyRows)];
  const stores = [openFeedbackStore(path, 0).store, openFeedbackStore(path, 0).store];
  const imports = await Promise.all(stores.map((store) => importFrom(file, store, settings)));
  expect(imports.reduce((sum, { added }) => sum + added, 0)).toBe(250);
  expect(imports.reduce((sum, { added, known }) => sum + added + known, 0)).toBe(500);
  for (const store of stores) store.close();
});

it('reads a file that begins with a byte order mark, whatever pieces it comes in', async () => {
  const path = fileWith(`\uFEFF${JSON.stringify({ prompt: 'a', completion: 'é'.repeat(100_000) })}`);
  const store = new MemoryFeedbackStore();
  expect(await importFrom(path, store, settings)).toMatchObject({ added: 1, refused: 0 });
  expect(store.imported()[0]!.example).toMatchObject({ completion: 'é'.repeat(100_000) });
});

it('keeps nothing of a line that no example needs, and says so', async () => {
  const path = fileWith({ prompt: 'a'.repeat(2 ** 22), completion: 'b' }, { prompt: 'a', completion: 'b' });
  const { added, problems } = await importFrom(path, new MemoryFeedbackStore(), settings);
  expect([added, problems]).toEqual([1, [{ line: 1, why: saying('It is longer than 4194304 characters.') }]]);
});

it('says of a record that it is one, where it cannot be read', async () => {
  const record = { kind: 'demonstration', ...demonstration(askedAt('a█', 1), 'b'), source: 'dictated' };
  const { problems } = await importFrom(fileWith(record), new MemoryFeedbackStore(), settings);
  expect(problems).toEqual([
    { line: 1, why: saying('It is an exported record, but damaged, or of a newer Attune.') },
  ]);
});
