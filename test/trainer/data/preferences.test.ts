import { describe, expect, it } from 'vitest';
import type { PreferenceGroup } from '../../../src/trainer/data/examples.ts';
import {
  mergePreferences,
  preferencesOfCompletion,
  preferencesOfRanking,
} from '../../../src/trainer/data/preferences.ts';
import {
  askedAt,
  completion,
  corrected,
  keptBy,
  ranking,
  refusedFor,
  writtenAs,
} from '../feedbackRecords.ts';

const asked = askedAt('const total = █;\n', 1);

/** Pairs as `better > worse`, silence as (silence), in alphabetical order. */
function orderOf(group: PreferenceGroup | undefined): string[] {
  const nameOf = (index: number) => {
    const { text, writer } = group!.texts[index]!;
    return writer === 'silence' ? '(silence)' : text;
  };
  return (group?.pairs ?? []).map(({ better, worse }) => `${nameOf(better)} > ${nameOf(worse)}`).sort();
}

describe('preferencesOfCompletion', () => {
  it.each([
    { name: 'kept unchanged', changes: { ...keptBy(1), finalText: 'a' }, order: ['a > (silence)'] },
    { name: 'kept, place not settled', changes: keptBy(0.9), order: ['a > (silence)'] },
    { name: 'kept and reformatted', changes: { ...keptBy(1), finalText: ' a' }, order: ['a > (silence)'] },
    {
      name: 'kept and edited',
      changes: { ...keptBy(0.7), finalText: 'a + b' },
      order: ['a + b > (silence)', 'a + b > a', 'a > (silence)'],
    },
    {
      name: 'accepted and rewritten',
      changes: { ...keptBy(0.1), finalText: 'b' },
      order: ['(silence) > a', 'b > (silence)', 'b > a'],
    },
    {
      name: 'refused and written otherwise',
      changes: refusedFor('b'),
      order: ['(silence) > a', 'b > (silence)', 'b > a'],
    },
    { name: 'refused for nothing', changes: refusedFor(), order: ['(silence) > a'] },
    { name: 'refused, all deleted', changes: refusedFor(''), order: ['(silence) > a'] },
    { name: 'refused, yet written', changes: refusedFor('a'), order: [] },
    {
      name: 'typed through',
      changes: { outcome: { kind: 'typedThrough', typedChars: 1 } as const },
      order: ['a > (silence)'],
    },
    {
      name: 'never seen',
      changes: { outcome: { kind: 'unseen', shownMs: 3 } as const, finalText: 'b' },
      order: [],
    },
    { name: 'alive', changes: {}, order: [] },
    {
      name: 'refused, but called kept',
      changes: { ...refusedFor('b'), ...corrected('kept') },
      order: ['a > (silence)'],
    },
    {
      name: 'kept, but called refused',
      changes: { ...keptBy(1), finalText: 'a', ...corrected('refused') },
      order: ['(silence) > a'],
    },
    {
      name: 'alive, but called refused',
      changes: { finalText: 'b', ...corrected('refused') },
      order: ['(silence) > a', 'b > (silence)', 'b > a'],
    },
    {
      name: 'kept, and ends within its line',
      changes: { ...keptBy(1), finalText: 'ab', endsWithinLine: true as const },
      order: ['ab > (silence)'],
    },
    {
      name: 'refused, and ends within its line',
      changes: { ...refusedFor('b'), endsWithinLine: true as const },
      order: ['(silence) > a', 'b > (silence)', 'b > a'],
    },
    { name: 'kept, but said to say nothing', changes: { ...keptBy(1), ...corrected('none') }, order: [] },
  ])('orders a completion that was $name', ({ changes, order }) => {
    expect(orderOf(preferencesOfCompletion(completion(asked, 'a', changes)))).toEqual(order);
  });

  it('puts a text of which little was taken below silence', () => {
    const changes = {
      outcome: { kind: 'acceptedPartly', acceptedChars: 3 },
      survival: [{ afterMs: 600_000, survivalShare: 1 }],
      finalText: 'abc.d()',
    } as const;
    const found = preferencesOfCompletion(
      completion(asked, 'abc + something(longer);', { ...changes, survival: [...changes.survival] }),
    );
    expect(orderOf(found)).toEqual([
      '(silence) > abc + something(longer);',
      'abc.d() > (silence)',
      'abc.d() > abc + something(longer);',
    ]);
  });

  it('keeps what the policy wrote, token by token, and says who wrote what', () => {
    const found = preferencesOfCompletion(
      completion(asked, 'a)', { ...refusedFor('b)'), replacedChars: 1 }),
    )!;
    expect(found.texts).toEqual([
      { text: 'b)', replacedChars: 1, writer: 'user' },
      { text: '', replacedChars: 0, writer: 'silence' },
      { text: 'a)', replacedChars: 1, writer: 'policy', written: writtenAs('a)'), policyId: 'tiny' },
    ]);
    expect(found.pairs.every(({ evidence }) => evidence === 'behaviour')).toBe(true);
  });
});

describe('preferencesOfRanking', () => {
  it.each([
    {
      name: 'a full order',
      alternatives: [
        ['a', 2],
        ['b', 1],
        ['c', 3],
      ],
      order: ['a > c', 'b > a', 'b > c'],
    },
    {
      name: 'ties',
      alternatives: [
        ['a', 1],
        ['b', 2],
        ['c', 2],
      ],
      order: ['a > b', 'a > c'],
    },
    { name: 'alternatives left out', alternatives: [['a', 1], ['b'], ['c', 2]], order: ['a > c'] },
    { name: 'nothing ranked', alternatives: [['a'], ['b']], order: [] },
    {
      name: 'all tied',
      alternatives: [
        ['a', 1],
        ['b', 1],
      ],
      order: [],
    },
    {
      name: 'an own text',
      alternatives: [['a', 1], ['b']],
      changes: { ownText: 'mine' },
      order: ['mine > a', 'mine > b'],
    },
    {
      name: 'an own text that is one of them',
      alternatives: [
        ['a', 1],
        ['b', 2],
      ],
      changes: { ownText: 'b' },
      order: ['b > a'],
    },
    {
      name: 'none good',
      alternatives: [['a'], ['b']],
      changes: { noneIsGood: true },
      order: ['(silence) > a', '(silence) > b'],
    },
    {
      name: 'none good, some less bad, and an own text',
      alternatives: [['a', 1], ['b', 2], ['c']],
      changes: { noneIsGood: true, ownText: 'mine' },
      order: [
        '(silence) > a',
        '(silence) > b',
        '(silence) > c',
        'a > b',
        'mine > (silence)',
        'mine > a',
        'mine > b',
        'mine > c',
      ],
    },
    {
      name: 'a blank own text',
      alternatives: [
        ['a', 1],
        ['b', 2],
      ],
      changes: { ownText: ' ' },
      order: ['a > b'],
    },
  ] as const)('reads $name', (row) => {
    const record = ranking(asked, row.alternatives, 'changes' in row ? row.changes : {});
    const found = preferencesOfRanking(record);
    expect(orderOf(found)).toEqual(row.order);
    expect(found?.pairs.every(({ evidence }) => evidence === 'ranking')).not.toBe(false);
  });

  it('keeps the tokens of a text that the user wrote as well', () => {
    const found = preferencesOfRanking(
      ranking(
        asked,
        [
          ['a', 1],
          ['b', 2],
        ],
        { ownText: 'b' },
      ),
    )!;
    expect(found.texts.find(({ text }) => text === 'b')).toMatchObject({
      writer: 'policy',
      written: writtenAs('b'),
    });
  });
});

describe('mergePreferences', () => {
  const first = preferencesOfRanking(
    ranking(askedAt('█', 1), [
      ['a', 1],
      ['b', 2],
    ]),
  )!;
  const second = preferencesOfRanking(
    ranking(askedAt('█', 2), [
      ['b', 1],
      ['a', 2],
      ['c', 3],
    ]),
  )!;

  it('joins what is known about one prompt and lets the newer record win', () => {
    const merged = mergePreferences([first, second]);
    expect(orderOf(merged)).toEqual(['a > c', 'b > a', 'b > c']);
    expect(merged.texts.map(({ text }) => text)).toEqual(['b', 'a', 'c']);
    expect(merged).toMatchObject({ atMs: second.atMs, recordIds: [...first.recordIds, ...second.recordIds] });
  });

  it('changes nothing about a single group', () => {
    expect(mergePreferences([second])).toEqual(second);
  });
});
