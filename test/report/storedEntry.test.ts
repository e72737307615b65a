import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../src/feedback/completionRecord.ts';
import { lessonSentence } from '../../src/report/lessons.ts';
import { detailOf, entryOf } from '../../src/report/storedEntry.ts';
import { sampleImported } from '../feedback/sampleRecords.ts';
import {
  askedAt,
  completion,
  corrected,
  demonstration,
  keptBy,
  ranking,
  refusedFor,
} from '../trainer/feedbackRecords.ts';

const asked = askedAt('one\ntwo = █;', 1);
const offered = (text: string, changes = {}): StoredRecord => ({
  kind: 'completion',
  record: completion(asked, text, changes),
});

const ranked = (alternatives: Parameters<typeof ranking>[1], changes = {}): StoredRecord => ({
  kind: 'ranking',
  record: ranking(asked, alternatives, changes),
});

describe('entryOf', () => {
  it.each<[string, StoredRecord, string, string]>([
    ['kept', offered('a', keptBy(1)), 'wanted', 'accepted'],
    ['refused', offered('a', refusedFor('b')), 'refused', 'dismissed'],
    ['alive', offered('a'), 'noOpinion', 'not decided yet'],
    ['silent', offered('', { noCompletionReason: 'silence' }), 'notOffered', 'nothing offered (silence)'],
    ['ranked', ranked([['x', 1], ['y', 2], ['z']]), 'ranking', '2 alternatives ranked'],
    ['ranked alone', ranked([['x', 1], ['y']]), 'ranking', '1 alternative ranked'],
    ['found bad', ranked([['x'], ['y']], { noneIsGood: true }), 'ranking', 'no alternative is good'],
    ['answered', ranked([['x'], ['y']], { ownText: 'z' }), 'ranking', 'your own alternative'],
    [
      'typed',
      { kind: 'demonstration', record: demonstration(asked, 'x') },
      'written',
      'typed where nothing was offered',
    ],
    [
      'imported',
      { kind: 'imported', record: sampleImported('i') },
      'imported',
      'prompt-completion from team.jsonl',
    ],
  ])('says what became of one that was %s', (_, stored, group, fate) => {
    expect(entryOf(stored)).toMatchObject({ id: stored.record.id, group, fate, isCorrected: false });
  });

  it('follows a correction', () => {
    const entry = entryOf(offered('a', { ...keptBy(1), ...corrected('refused') }));
    expect(entry).toMatchObject({ group: 'refused', fate: 'accepted', isCorrected: true });
  });
});

describe('detailOf', () => {
  it('tells what is sure from what is inferred', () => {
    const detail = detailOf(offered('a', refusedFor('b')));
    expect(detail.reasons).toEqual([
      { certainty: 'sure', sentence: 'It stood on the screen for 2.0 s.' },
      { certainty: 'sure', sentence: 'It was dismissed: The dismiss command ran.' },
      { certainty: 'inferred', sentence: 'So you did not want it.' },
    ]);
    const evidence = { kind: 'inferred', why: 'The cursor left.' } as const;
    expect(detailOf(offered('a', { ...refusedFor('b'), evidence })).reasons[1]).toEqual({
      certainty: 'inferred',
      sentence: 'It was dismissed: The cursor left.',
    });
  });

  it('keeps what was observed beside what the user says of it', () => {
    const { reasons, correction, lessons } = detailOf(
      offered('a', { ...keptBy(0.75), ...corrected('none') }),
    );
    expect(reasons.slice(-3).map(({ sentence }) => sentence)).toEqual([
      '10 min later 75 % of it still stood there.',
      'So you wanted it, 75 % of it.',
      'You corrected that: it says nothing.',
    ]);
    expect([correction, lessons]).toEqual(['none', []]);
  });

  it('says what is learned from it', () => {
    const sentences = (changes: Parameters<typeof offered>[1]) =>
      detailOf(offered('a', changes)).lessons.map(lessonSentence);
    expect(sentences(refusedFor('b'))).toEqual([
      'To write “b” here.',
      'That “b” is better than to offer nothing.',
      'That “b” is better than “a”.',
      'That to offer nothing is better than “a”.',
    ]);
    expect(sentences(keptBy(0.75))[0]).toBe('To write “a” here, counting 75 %.');
  });

  it('shows the end of the prompt and all texts by name', () => {
    const detail = detailOf(offered('a', refusedFor('b')));
    expect(detail).toMatchObject({ promptTail: 'one\ntwo = ', isCorrectable: true });
    expect(detail.texts).toEqual([
      { name: 'The completion', text: 'a' },
      { name: 'What stood there in the end', text: 'b' },
    ]);
    const answered = detailOf(ranked([['x', 1], ['y']], { ownText: 'z' }));
    expect(answered.texts.map(({ name }) => name)).toEqual([
      'Rank 1',
      'Not ranked',
      'What you would have written',
    ]);
    expect(answered.isCorrectable).toBe(false);
  });

  it('tells an order only of alternatives that were put in one', () => {
    const order = 'You put these in an order.';
    const said = (record: StoredRecord) => detailOf(record).reasons.map(({ sentence }) => sentence);
    expect(
      said(
        ranked([
          ['x', 1],
          ['y', 1],
        ]),
      ),
    ).toEqual([order]);
    expect(said(ranked([['x'], ['y']], { noneIsGood: true }))).toEqual(['None is good, you said.']);
    expect(said(ranked([['x'], ['y']], { ownText: 'z' }))).toEqual([]);
    expect(said(ranked([['x', 1], ['y']]))).toEqual([]);
  });
});
