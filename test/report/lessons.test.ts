import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../src/feedback/completionRecord.ts';
import { lessonsOf } from '../../src/report/lessons.ts';
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

const asked = askedAt('a = █', 1);
const offered = (changes: Parameters<typeof completion>[2]): StoredRecord => ({
  kind: 'completion',
  record: completion(asked, 'x', changes),
});
const ranked = (changes: Parameters<typeof ranking>[2]): StoredRecord => ({
  kind: 'ranking',
  record: ranking(asked, [['x', 1], ['y', 2], ['z']], changes),
});
const guess = { kind: 'inferred', why: 'The cursor left.' } as const;

/** Each lesson as 'better > worse' or what is demonstrated, with its reason; '' is silence. */
const told = (stored: StoredRecord) =>
  lessonsOf(stored).map((lesson) => {
    const what = lesson.kind === 'preference' ? `${lesson.better} > ${lesson.worse}` : lesson.text;
    return `${what}: ${lesson.why.certainty}, ${lesson.why.sentence}`;
  });

describe('lessonsOf', () => {
  it.each<[string, StoredRecord, readonly string[]]>([
    [
      'was kept',
      offered({ ...keptBy(1), evidence: { kind: 'command', why: 'The accept command ran.' } }),
      [
        'x: sure, It was accepted: The accept command ran.',
        'x > : sure, It was accepted: The accept command ran.',
      ],
    ],
    [
      'was kept, as a store says that does not know how',
      offered(keptBy(1)),
      ['x: inferred, So you wanted it.', 'x > : inferred, So you wanted it.'],
    ],
    [
      'was left for something else',
      offered({ ...refusedFor('b'), evidence: guess }),
      [
        'b: sure, You had it there in the end.',
        'b > : sure, You had it there in the end.',
        'b > x: sure, You had it there in the end.',
        ' > x: inferred, It was dismissed: The cursor left.',
      ],
    ],
    [
      'was corrected',
      offered({ ...keptBy(1), ...corrected('refused') }),
      [' > x: sure, You corrected that: you did not want it.'],
    ],
    [
      'was ranked, with an own text',
      ranked({ ownText: 'b' }),
      [
        'b > x: sure, You gave it as your answer.',
        'b > y: sure, You gave it as your answer.',
        'b > z: sure, You gave it as your answer.',
        'x > y: sure, You gave it rank 1, the other 2.',
      ],
    ],
    [
      'was ranked, and none is good',
      ranked({ noneIsGood: true }),
      [
        ' > x: sure, None is good, you said.',
        ' > y: sure, None is good, you said.',
        ' > z: sure, None is good, you said.',
        'x > y: sure, You gave it rank 1, the other 2.',
      ],
    ],
    ['was typed', { kind: 'demonstration', record: demonstration(asked, 'b') }, ['b: sure, You typed it.']],
    [
      'was imported',
      { kind: 'imported', record: sampleImported('i') },
      ['foo();: sure, It came from team.jsonl; what it says was not observed here.'],
    ],
    ['is still on the screen', offered({}), []],
  ])('says what is learned from one that %s, and why', (_, stored, lessons) => {
    expect(told(stored)).toEqual(lessons);
  });
});
