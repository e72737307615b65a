import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { exportFeedback } from '../../../src/feedback/storing/exportFeedback.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { MemoryFeedbackStore } from '../memoryFeedbackStore.ts';
import { sampleCompletion, sampleDemonstration, sampleRanking } from '../sampleRecords.ts';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

it('writes one line for each record, its kind first', async () => {
  const store = new MemoryFeedbackStore();
  store.addDemonstration(sampleDemonstration('d1'));
  store.addCompletion(sampleCompletion('c1'));
  store.addRanking(sampleRanking('r1'));
  const path = join(folder, 'feedback.jsonl');
  expect(await exportFeedback(store, path)).toBe(3);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { kind: 'completion', ...sampleCompletion('c1') },
    { kind: 'ranking', ...sampleRanking('r1') },
    { kind: 'demonstration', ...sampleDemonstration('d1') },
  ]);
  expect(readdirSync(folder)).toEqual(['feedback.jsonl']);
});

it('leaves a file of the user alone whose name ends like that of one half-written', async () => {
  const [path, download] = [join(folder, 'feedback.jsonl'), join(folder, 'feedback.jsonl.part')];
  writeFileSync(download, 'half a download');
  await exportFeedback(new MemoryFeedbackStore(), path);
  expect(readFileSync(download, 'utf8')).toBe('half a download');
});

it('writes as it goes: all lines may be longer together than a string can be', async () => {
  const first = { ...sampleCompletion('c1'), text: 'x'.repeat(2 ** 20) };
  const second = sampleCompletion('c2');
  const written: number[] = [];
  const noteWritten = () => {
    const [unfinished] = readdirSync(folder);
    written.push(statSync(join(folder, unfinished!)).size);
    return {};
  };
  const watched = { ...second, written: { ...second.written, toJSON: noteWritten } };
  const store = new MemoryFeedbackStore();
  store.completions = () => [first, watched];
  await exportFeedback(store, join(folder, 'feedback.jsonl'));
  expect(written).toEqual([JSON.stringify({ kind: 'completion', ...first }).length + 1]);
});

it('gives a StoreError and leaves nothing behind when it cannot write', async () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  const work = exportFeedback(new MemoryFeedbackStore(), join(blocked, 'feedback.jsonl'));
  await expect(work).rejects.toMatchObject({ name: 'StoreError', reason: 'notWritable' });
  expect(readdirSync(folder)).toEqual(['file']);
});

it('gives another one where a folder has that name', async () => {
  const work = exportFeedback(new MemoryFeedbackStore(), folder);
  await expect(work).rejects.toMatchObject({ name: 'StoreError', reason: 'folder' });
  expect(readdirSync(folder)).toEqual([]);
});

it('leaves nothing behind when it is cancelled', async () => {
  const cancelled = new AbortController();
  const path = join(folder, 'feedback.jsonl');
  writeFileSync(path, 'older');
  const work = exportFeedback(new MemoryFeedbackStore(), path, cancelled.signal);
  cancelled.abort();
  await expect(work).rejects.toMatchObject({ name: 'AbortError' });
  expect(readdirSync(folder)).toEqual(['feedback.jsonl']);
  expect(readFileSync(path, 'utf8')).toBe('older');
});

it.skipIf(process.platform === 'win32')('writes into a pipe, and where a link leads', async () => {
  const store = new MemoryFeedbackStore();
  store.addDemonstration(sampleDemonstration('d1'));
  const [pipe, link, file] = ['pipe', 'link', 'file'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  execFileSync('mkfifo', [pipe]);
  const read = readFile(pipe, 'utf8');
  await exportFeedback(store, pipe);
  expect(JSON.parse(await read)).toMatchObject({ id: 'd1' });
  expect(statSync(pipe).isFIFO()).toBe(true);

  writeFileSync(file, 'older');
  symlinkSync(file, link);
  await exportFeedback(store, link);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ id: 'd1' });
  expect(readdirSync(folder)).toEqual(['file', 'link', 'pipe']);
});
