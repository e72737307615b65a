import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFeedbackStore } from '../../src/feedback/storing/sqliteFeedbackStore.ts';
import { openFeedbackReader } from '../../src/feedback/storing/sqliteFeedbackReader.ts';
import type { AdapterId } from '../../src/engine/policy.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { heldOutPlace, kept } from '../report/sampleRun.ts';
import { tinyAdapter } from '../trainer/adapterFixture.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import {
  askedAt,
  completion,
  demonstration,
  keptBy,
  ranking,
  refusedFor,
} from '../trainer/feedbackRecords.ts';
import { attune } from './attune.ts';

const otherDocument = 'file:///work/%40types/b.ts';

/** A data folder with five records of two documents. */
function dataWithFeedback(): string {
  const data = temporaryFolder();
  const { store } = openFeedbackStore(join(data, 'feedback.sqlite'), 0);
  store.addCompletion(completion(askedAt('a = █\n', 1), 'one;', keptBy(1)));
  store.addCompletion(completion(askedAt('b = █\n', 2), 'two;', refusedFor('other;')));
  store.addCompletion(completion(askedAt('c = █\n', 3), 'ten;', keptBy(1)));
  store.addRanking(ranking(askedAt('d = █\n', 4), [['one;', 1]]));
  store.addDemonstration(demonstration(askedAt('e = █\n', 5, otherDocument), 'six;'));
  store.countNothingOffered('silence');
  store.close();
  return data;
}

function countsIn(data: string) {
  const reader = openFeedbackReader(join(data, 'feedback.sqlite'));
  const { completions, rankings, demonstrations } = reader.counts();
  reader.close();
  return [completions, rankings, demonstrations];
}

const storeOf = (data: string) => join(data, 'feedback.sqlite');

describe('feedback', () => {
  it('shows how much is stored of what', async () => {
    const data = dataWithFeedback();
    const { printed } = await attune(['feedback', '--data', data]);
    expect(printed.split('\n').map((line) => line.replace(/ +(\d+)$/, ' $1'))).toEqual([
      `Stored in ${storeOf(data)}:`,
      '  completions 3',
      '    accepted 2',
      '    dismissed 1',
      '  rankings 1',
      '  demonstrations 1',
      'Nothing was offered, by reason:',
      '    silence 1',
    ]);
  });

  it('says so where nothing is stored yet, and makes no store', async () => {
    const data = temporaryFolder();
    for (const command of [[], ['export', join(data, 'x')], ['forget', '--everything'], ['forget', 'a.ts']]) {
      const { error } = await attune(['feedback', ...command, '--data', data]);
      expect(error).toMatchObject({ name: 'StoreError', reason: 'missing' });
    }
    expect(existsSync(storeOf(data))).toBe(false);
  });

  it('says so when the store is damaged', async () => {
    const data = temporaryFolder();
    writeFileSync(storeOf(data), 'This is no database. '.repeat(100));
    const { error } = await attune(['feedback', '--data', data]);
    expect(error).toMatchObject({ name: 'StoreError', reason: 'corrupt' });
  });
});

describe('feedback export', () => {
  it('writes every record to a file', async () => {
    const data = dataWithFeedback();
    const file = join(data, 'mine.jsonl');
    const { printed } = await attune(['feedback', 'export', file, '--data', data]);
    expect(printed).toBe(`5 records were written to ${file}.`);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(['completion', 'completion', 'completion', 'ranking', 'demonstration']);
  });

  it.each([
    ['prompt-completion', ['prompt', 'completion', 'suffix', 'weight'], 3, 1],
    ['preference', ['prompt', 'chosen', 'rejected', 'suffix', 'weight'], 5, 0],
    ['unpaired-preference', ['prompt', 'completion', 'label', 'suffix', 'weight'], 4, 0],
    ['prompt-only', ['prompt', 'suffix'], 4, 1],
  ])('writes rows for TRL as %s, without the newest work', async (format, columns, rows, heldOut) => {
    const data = dataWithFeedback();
    const file = join(data, 'rows.jsonl');
    const { printed } = await attune(['feedback', 'export', file, '--format', format, '--data', data]);
    expect(printed).toMatch(
      new RegExp(`^${rows} rows were written to [^ ]+\\.${heldOut === 0 ? '$' : ` ${heldOut} more`}`),
    );
    const written = readFileSync(file, 'utf8').trim().split('\n');
    expect(written).toHaveLength(rows);
    for (const line of written)
      expect(Object.keys(JSON.parse(line) as object)).toEqual(expect.arrayContaining(columns));
  });

  it('knows no other format', async () => {
    const { told } = await attune([
      'feedback',
      'export',
      'x',
      '--format',
      'csv',
      '--data',
      dataWithFeedback(),
    ]);
    expect(told).toContain('Allowed choices are records, prompt-completion');
  });

  it('says so when the file’s folder is not there', async () => {
    const data = dataWithFeedback();
    const { error } = await attune(['feedback', 'export', join(data, 'no', 'x'), '--data', data]);
    expect(error).toMatchObject({ reason: 'missingFolder' });
  });
});

describe('feedback import', () => {
  it.each([
    ['nothing', '', []],
    ['other lines', '{"a": 1}\n[]\n', ['Line 1: ', 'Line 2: ']],
  ])('fails with a file of %s, and says what belongs in it', async (_, text, problems) => {
    const data = dataWithFeedback();
    const file = join(data, 'none.jsonl');
    writeFileSync(file, text);
    const { error, printed } = await attune(['feedback', 'import', file, '--data', data]);
    expect(error).toMatchObject({ reason: 'noExample', message: expect.stringContaining(file) as string });
    for (const problem of [...problems, '"completion": "…"']) expect(String(error)).toContain(problem);
    expect(printed).toBe('');
  });

  /** A data folder into which a file of three lines was imported. */
  async function dataWithImport() {
    const data = temporaryFolder();
    const file = join(data, 'team.jsonl');
    const rows = [
      { prompt: 'a = ', completion: '1;' },
      { prompt: 'b = ', chosen: '2', rejected: '3' },
      { x: 1 },
    ];
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return { data, file, ran: await attune(['feedback', 'import', file, '--data', data]) };
  }

  it('keeps what a file says and tells which lines say nothing', async () => {
    const { data, file, ran } = await dataWithImport();
    expect(ran.printed.split('\n')).toEqual([
      `2 records were imported from ${file}.`,
      'Lines that hold no example: 1.',
      'Line 3: It has no text in the column prompt.',
    ]);
    expect((await attune(['feedback', '--data', data])).printed).toMatch(/imported +2$/);
  });

  it('adds nothing the second time', async () => {
    const { data, file } = await dataWithImport();
    const { printed } = await attune(['feedback', 'import', file, '--data', data]);
    expect(printed).toMatch(/^0 records were imported from .*\n2 were stored already\./);
  });

  it('is taken back by the name of the file', async () => {
    const { data } = await dataWithImport();
    const forget = async (name: string) =>
      (await attune(['feedback', 'forget', '--imported', name, '--data', data])).printed;
    expect(await forget('other.jsonl')).toBe('Nothing was imported from a file named other.jsonl.');
    expect(await forget('/gone/team.jsonl')).toBe(
      '2 records that were imported from team.jsonl are forgotten.',
    );
    expect(await forget('team.jsonl')).toMatch(/^Nothing/);
  });

  it('says so when there is no such file', async () => {
    const { error } = await attune(['feedback', 'import', '/none.jsonl', '--data', temporaryFolder()]);
    expect(error).toMatchObject({ reason: 'missingFile' });
  });
});

describe('feedback forget', () => {
  it.each([
    ['its URI', 'file:///a.ts', [0, 0, 1]],
    ['its path', '/a.ts', [0, 0, 1]],
    ['its path, where VS Code spells it otherwise', '/work/@types/b.ts', [3, 1, 0]],
  ])('deletes what came from a document named by %s', async (_, document, counts) => {
    const data = dataWithFeedback();
    const { printed, asked } = await attune(['feedback', 'forget', document, '--data', data]);
    expect(printed).toMatch(/ records of \S+ are forgotten\.$/);
    expect(countsIn(data)).toEqual(counts);
    expect(asked).toEqual([]);
  });

  it('says so when nothing came from a document', async () => {
    const { printed } = await attune(['feedback', 'forget', '/none.ts', '--data', dataWithFeedback()]);
    expect(printed).toMatch(/^No record came from \/none\.ts\. /);
  });

  it('deletes what was set aside as damaged where nothing else is left', async () => {
    const data = temporaryFolder();
    const aside = `${storeOf(data)}.corrupt-2026-12-01T10-00-00-000Z`;
    writeFileSync(aside, 'what was stored');
    await attune(['feedback', 'forget', '--everything', '--yes', '--data', data]);
    expect(existsSync(aside)).toBe(false);
  });

  it('deletes everything once that is confirmed', async () => {
    const data = dataWithFeedback();
    writeFileSync(join(data, 'problems.json'), '[]');
    const { printed, asked } = await attune(['feedback', 'forget', '--everything', '--data', data]);
    expect(asked).toEqual(['Forget 5 records? This cannot be undone.']);
    expect(printed).toBe('5 records are forgotten.');
    expect(countsIn(data)).toEqual([0, 0, 0]);
    expect(existsSync(join(data, 'problems.json'))).toBe(false);
  });

  it('deletes nothing when it is not', async () => {
    const data = dataWithFeedback();
    const { printed } = await attune(['feedback', 'forget', '--everything', '--data', data], {
      answer: false,
    });
    expect(printed).toBe('Nothing was forgotten.');
    expect(countsIn(data)).toEqual([3, 1, 1]);
  });

  it('deletes what was learned too when that is wanted, and does not ask when told so', async () => {
    const data = dataWithFeedback();
    for (const folder of ['adapters', 'checkpoint']) {
      mkdirSync(join(data, folder));
      writeFileSync(join(data, folder, 'x'), '');
    }
    const options = ['--everything', '--with-adapters', '--yes', '--data', data];
    const { printed, asked } = await attune(['feedback', 'forget', ...options]);
    expect(printed).toBe('5 records, all adapters and the checkpoint are forgotten.');
    expect(asked).toEqual([]);
    expect([existsSync(join(data, 'adapters')), existsSync(join(data, 'checkpoint'))]).toEqual([
      false,
      false,
    ]);
  });

  it('refuses to take the adapters along with a part of what they learned from', async () => {
    const data = dataWithFeedback();
    const { error } = await attune(['feedback', 'forget', otherDocument, '--with-adapters', '--data', data]);
    expect(error).toMatchObject({ reason: 'badOptions' });
    expect(countsIn(data)).toEqual([3, 1, 1]);
  });

  it('deletes the held-out work that adapters keep of a document, and with everything all of it', async () => {
    const data = dataWithFeedback();
    const adapters = new AdapterStore(join(data, 'adapters'));
    const places = ['file:///a.ts', otherDocument].map((uri) => heldOutPlace('x = ', 'y', '', 'y', uri));
    await adapters.save(tinyAdapter('one', {}, kept(...places)));
    await attune(['feedback', 'forget', '/work/@types/b.ts', '--data', data]);
    expect(await adapters.comparisons('one' as AdapterId)).toEqual({ ...kept(places[0]!), forgotten: 1 });
    await attune(['feedback', 'forget', '--everything', '--yes', '--data', data]);
    expect(await adapters.comparisons('one' as AdapterId)).toBeUndefined();
    expect(await adapters.list()).toHaveLength(1);
  });

  it.each([
    ['nothing', []],
    ['a document and everything', ['a.ts', '--everything']],
  ])('wants to know what, when %s is named', async (_, what) => {
    const { error } = await attune(['feedback', 'forget', ...what, '--data', dataWithFeedback()]);
    expect(error).toMatchObject({ reason: 'badOptions' });
  });

  it('sets a damaged store aside and says so', async () => {
    const data = temporaryFolder();
    writeFileSync(storeOf(data), 'This is no database. '.repeat(100));
    const { told } = await attune(['feedback', 'forget', '/a.ts', '--data', data]);
    expect(told).toMatch(/^The feedback store was damaged\. It was set aside as /);
  });
});

it.each([
  ['counts', ['count'], { completions: 3, rankings: 1, demonstrations: 1 }],
  ['forgets', ['forget', otherDocument], { forgotten: 1 }],
  ['forgets everything', ['forget', '--everything', '--yes'], { forgotten: 5 }],
])('%s for a program', async (_, args, expected) => {
  const { printed } = await attune(['feedback', ...args, '--data', dataWithFeedback(), '--json']);
  expect(JSON.parse(printed)).toMatchObject(expected);
});
