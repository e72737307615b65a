import { describe, expect, it } from 'vitest';
import type { Completion, CompletionId } from '../../src/completion/completion.ts';
import { ownTextRecord, rankingRecord, savedSentence, shuffled } from '../../src/editor/ranking.ts';
import type { PolicyId } from '../../src/engine/policy.ts';
import { demonstrationRecordSchema, rankingRecordSchema } from '../../src/feedback/completionRecord.ts';

const asked = {
  atMs: 1,
  documentUri: 'file:///a.ts',
  languageId: 'typescript',
  offset: 3,
  prefix: 'a =',
  suffix: '',
};

const completion = (text: string): Completion => ({
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
});

const round = { asked, alternatives: [completion('x'), completion('y'), completion('z')] };

describe('rankingRecord', () => {
  it('keeps the alternatives as displayed, with dense ranks, and what was written for each', () => {
    const record = rankingRecord(round, { ranks: [4, null, 2], noneIsGood: false, ownText: '' }, 'id');
    expect(record?.alternatives.map(({ text, rank }) => [text, rank])).toEqual([
      ['x', 2],
      ['y', undefined],
      ['z', 1],
    ]);
    expect(record?.alternatives[0]?.written).toEqual(round.alternatives[0]?.written);
    expect(rankingRecordSchema.parse(record)).toEqual(record);
    expect(record).not.toHaveProperty('ownText');
  });

  it('keeps that none is good and the own text', () => {
    const answer = { ranks: [null, null, null], noneIsGood: true, ownText: ' 1;' };
    expect(rankingRecord(round, answer, 'id')).toMatchObject({ noneIsGood: true, ownText: ' 1;' });
  });

  it('is nothing without alternatives', () => {
    const answer = { ranks: [], noneIsGood: true, ownText: '' };
    expect(rankingRecord({ asked, alternatives: [] }, answer, 'id')).toBeUndefined();
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
