import { describe, expect, it } from 'vitest';
import type { Alternative, CompletionId } from '../../../src/completion/completion.ts';
import {
  ownTextRecord,
  rankingRecord,
  savedSentence,
  shuffled,
  Slots,
} from '../../../src/editor/rank/ranking.ts';
import type { PolicyId } from '../../../src/engine/policy.ts';
import { demonstrationRecordSchema, rankingRecordSchema } from '../../../src/feedback/completionRecord.ts';

const asked = {
  atMs: 1,
  documentUri: 'file:///a.ts',
  languageId: 'typescript',
  offset: 3,
  prefix: 'a =',
  suffix: '',
};

const alternative = (text: string): Alternative => ({
  kind: 'completion',
  id: text as CompletionId,
  policyId: 'tiny' as PolicyId,
  text,
  replacedChars: 0,
  written: {
    promptTokens: [1],
    typedText: '',
    completionTokens: [2],
    behaviourLogProbs: [-0.5],
    freeFrom: 0,
    temperature: 0.8,
  },
  latencyMs: 5,
  findings: [],
});

/** Draws 0.7, 0.1 and 0.4 in turn: the first that comes gets the second slot, the second the third. */
const drawing = () => {
  const drawn = [0.7, 0.1, 0.4];
  return () => drawn.shift() ?? 1;
};

function roundWith(...texts: string[]) {
  const slots = new Slots(3, drawing());
  for (const text of texts) slots.add(alternative(text));
  return { asked, slots };
}

const round = roundWith('y', 'z', 'x');

describe('rankingRecord', () => {
  it('keeps the alternatives as displayed, with dense ranks, and what was written for each', () => {
    const record = rankingRecord(round, { ranks: [4, null, 2], noneIsGood: false, ownText: '' }, 'id');
    expect(record?.alternatives.map(({ text, rank }) => [text, rank])).toEqual([
      ['x', 2],
      ['y', undefined],
      ['z', 1],
    ]);
    expect(record?.alternatives[0]?.written).toEqual(alternative('x').written);
    expect(rankingRecordSchema.parse(record)).toEqual(record);
    expect(record).not.toHaveProperty('ownText');
  });

  it('keeps that none is good and the own text', () => {
    const answer = { ranks: [null, null, null], noneIsGood: true, ownText: ' 1;' };
    expect(rankingRecord(round, answer, 'id')).toMatchObject({ noneIsGood: true, ownText: ' 1;' });
  });

  it('leaves out the slots that nothing came into, and keeps when each came', () => {
    const answer = { ranks: [null, 2, 1], noneIsGood: false, ownText: '' };
    const record = rankingRecord(roundWith('first', 'second'), answer, 'id');
    expect(record?.alternatives.map(({ text, rank, arrival }) => [text, rank, arrival])).toEqual([
      ['first', 2, 0],
      ['second', 1, 1],
    ]);
    expect(rankingRecordSchema.parse(record)).toEqual(record);
  });

  it('is nothing without alternatives', () => {
    const answer = { ranks: [], noneIsGood: true, ownText: '' };
    expect(rankingRecord(roundWith(), answer, 'id')).toBeUndefined();
  });
});

describe('ownTextRecord', () => {
  it('is a demonstration at the same cursor, where there is a text', () => {
    const answer = { ranks: [null, null, null], noneIsGood: false, ownText: ' 1;' };
    const record = ownTextRecord(round, answer, 'id');
    expect(record).toEqual({ id: 'id', ...asked, text: ' 1;', source: 'ownText' });
    expect(demonstrationRecordSchema.parse(record)).toEqual(record);
    expect(ownTextRecord(round, { ...answer, ownText: '' }, 'id')).toBeUndefined();
  });
});

describe('Slots', () => {
  it('gives each the slot that was drawn for it, which it keeps', () => {
    const { slots } = roundWith();
    const texts = () => slots.displayed.map((one) => one?.alternative.text);
    expect([slots.isEmpty, texts()]).toEqual([true, [undefined, undefined, undefined]]);
    slots.add(alternative('a'));
    expect([slots.isEmpty, texts()]).toEqual([false, [undefined, 'a', undefined]]);
    for (const text of ['b', 'c']) slots.add(alternative(text));
    expect(texts()).toEqual(['c', 'a', 'b']);
  });

  it('takes none twice, and none too many', () => {
    const { slots } = roundWith('a', 'a', 'b', 'c', 'd');
    expect(slots.displayed.map((one) => one?.alternative.text)).toEqual(['c', 'a', 'b']);
    expect(slots.add(alternative('e'))).toBe(false);
  });

  it('puts all of an alternative where its first line stands', () => {
    const { slots } = roundWith('a', 'b');
    const whole = { ...alternative('a'), text: 'a\nrest' };
    expect([slots.add(whole), slots.add({ ...whole })]).toEqual([true, false]);
    slots.add(alternative('c'));
    expect(slots.displayed.map((one) => [one?.alternative.text, one?.arrival])).toEqual([
      ['c', 2],
      ['a\nrest', 0],
      ['b', 1],
    ]);
  });

  it('keeps what is known of the types of an alternative that is there, as it is', () => {
    const { slots } = roundWith();
    const [a, b, whole] = [alternative('a'), alternative('b'), { ...alternative('a'), text: 'a\nrest' }];
    for (const one of [a, b, whole]) slots.add(one);
    const types = { kind: 'checked', count: 2, first: 'No.' } as const;
    for (const one of [a, b, alternative('gone')]) slots.noteTypes(one, types);
    expect(slots.displayed.map((one) => one?.types)).toEqual([undefined, undefined, types]);
    slots.noteTypes(whole, types);
    expect(slots.displayed[1]?.types).toEqual(types);
  });
});

describe('shuffled', () => {
  it('puts the values in the order of the numbers drawn for them, and keeps them all', () => {
    const drawn = [0.7, 0.1, 0.4];
    expect(shuffled(['a', 'b', 'c'], () => drawn.shift() ?? 0)).toEqual(['b', 'c', 'a']);
  });
});

describe('savedSentence', () => {
  it.each([
    [{ ranks: [1, 2, null], noneIsGood: false, ownText: '' }, 'the order of 2 alternatives.'],
    [{ ranks: [null, null, null], noneIsGood: true, ownText: 'x' }, 'that none is good, your own text.'],
  ])('of %j says %s', (answer, expected) => {
    expect(savedSentence(answer)).toBe(`Stored: ${expected} The next retraining learns from it.`);
  });
});
