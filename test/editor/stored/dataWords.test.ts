import { expect, it } from 'vitest';
import {
  dataDetail,
  dataRow,
  fileName,
  forgetAllQuestion,
  forgetQuestion,
  forgottenSentence,
  leftBehindSentence,
  notStoredSentence,
} from '../../../src/editor/stored/dataWords.ts';
import { toDataPageSchema } from '../../../src/editor/stored/dataMessages.ts';
import { detailOf, entryOf } from '../../../src/report/storedEntry.ts';
import { sampleCompletion, sampleImported } from '../../feedback/sampleRecords.ts';
import { corrected } from '../../trainer/feedbackRecords.ts';

type Learners = Parameters<typeof leftBehindSentence>[0];
const nobody: Learners = { learned: [], unknown: [], isServing: false, newestWithout: undefined };
const learned = (...ids: string[]) => ({ ...nobody, learned: ids as unknown as Learners['learned'] });

it('makes messages that the page takes', () => {
  const stored = { kind: 'completion', record: sampleCompletion('c', corrected('kept')) } as const;
  const entries = [entryOf(stored), entryOf({ kind: 'imported', record: sampleImported('i') })];
  const lessons = entries.map((entry) => dataRow({ entry, lessonIndex: 0 }));
  const rows = [...entries.map((entry) => dataRow({ entry })), ...lessons];
  const counts = { offset: 0, matching: 2, total: 2, isReading: false, notStored: '' };
  for (const message of [
    { kind: 'rows', list: 'records', rows, ...counts },
    { kind: 'detail', detail: dataDetail(detailOf(stored), learned('a')) },
  ])
    expect(toDataPageSchema.parse(message)).toEqual(message);
});

it.each([
  ['file:///work/my%20file.ts', 'my file.ts'],
  ['untitled:Untitled-1', 'Untitled-1'],
  ['vscode-notebook-cell:/work/my%20prices.ipynb#W1sZmlsZQ%3D%3D', 'my prices.ipynb'],
  ['vscode-notebook-cell:Untitled-1.ipynb?jupyter-notebook#W0sdW50aXRsZWQ%3D', 'Untitled-1.ipynb'],
  ['attune-import:team.jsonl', 'team.jsonl'],
  ['file:///50%.ts', '50%.ts'],
])('calls %s %s', (uri, name) => {
  expect(fileName(uri)).toBe(name);
});

it.each([
  [0, false],
  [1, true],
])('tells of a record of %i ms whether its day is known', (atMs, isDated) => {
  const stored = { kind: 'imported', record: sampleImported('i', { atMs }) } as const;
  expect(dataDetail(detailOf(stored), nobody)).toMatchObject({ isDated });
});

it('says what forgetting leaves behind', () => {
  expect(leftBehindSentence(nobody)).toBe('No adapter learned from that.');
  expect(leftBehindSentence(learned('a', 'b'))).toBe('Adapters a, b learned from that, which stays in them.');
});

it('counts one record as one', () => {
  expect([1, 2].map((count) => forgottenSentence(count, 'a.ts'))).toEqual([
    '1 record of a.ts is forgotten.',
    '2 records of a.ts are forgotten.',
  ]);
  expect([1, 2].map((count) => forgetQuestion(count, 'a.ts'))).toEqual([
    'Forget 1 record of a.ts?',
    'Forget 2 records of a.ts?',
  ]);
  expect([1, 2].map(forgetAllQuestion)).toEqual([
    'Forget the 1 stored record?',
    'Forget all 2 stored records?',
  ]);
});

it('says what was kept out', () => {
  expect(notStoredSentence({})).toBe('Nothing had to be kept out so far.');
  expect(notStoredSentence({ gitIgnored: 3, other: 1 })).toBe(
    'Kept out so far: 3 × a file that Git ignores, 1 × other.',
  );
});
