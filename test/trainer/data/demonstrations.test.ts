import { describe, expect, it } from 'vitest';
import { demonstrationOfCompletion, demonstrationOfText } from '../../../src/trainer/data/demonstrations.ts';
import { askedAt, completion, corrected, demonstration, keptBy, refusedFor } from '../feedbackRecords.ts';

const asked = askedAt('const total = █;\n', 1);

describe('demonstrationOfText', () => {
  it('is the prompt and what the user wrote there, at full weight', () => {
    expect(demonstrationOfText(demonstration(asked, 'a + b'))).toMatchObject({
      ...asked,
      text: 'a + b',
      weight: 1,
      source: 'typed',
      replacedChars: 0,
    });
  });

  it('is nothing for blank text', () => {
    expect(demonstrationOfText(demonstration(asked, ' \n'))).toBeUndefined();
  });
});

describe('demonstrationOfCompletion', () => {
  it.each([
    { label: 'kept', finalText: 'b', text: 'a' },
    { label: 'kept', finalText: undefined, text: 'a' },
    { label: 'refused', finalText: 'b', text: 'b' },
    { label: 'refused', finalText: 'a', text: undefined },
    { label: 'none', finalText: 'b', text: undefined },
  ] as const)('follows a correction to $label where $finalText stands', ({ label, finalText, text }) => {
    const changes = { ...(finalText !== undefined && { finalText }), ...corrected(label) };
    expect(demonstrationOfCompletion(completion(asked, 'a', changes))?.text).toBe(text);
  });

  it.each([
    { name: 'a refused completion', record: completion(asked, 'x', refusedFor('a + b')) },
    { name: 'an edited completion', record: completion(asked, 'x', { ...keptBy(0.6), finalText: 'a + b' }) },
    {
      name: 'a completion nobody saw',
      record: completion(asked, 'x', { outcome: { kind: 'unseen', shownMs: 10 }, finalText: 'a + b' }),
    },
    {
      name: 'a silent policy',
      record: completion(asked, '', { noCompletionReason: 'silence', finalText: 'a + b' }),
    },
  ])('is what the user had in the end in place of $name', ({ record }) => {
    const found = demonstrationOfCompletion(record);
    expect(found).toMatchObject({ text: 'a + b', weight: 1, source: 'settled', recordId: record.id });
  });

  it('is the kept completion, weighted by what stayed, when its place never settled', () => {
    const found = demonstrationOfCompletion(
      completion(asked, 'a + b)', { ...keptBy(0.75), replacedChars: 1 }),
    );
    expect(found).toMatchObject({ text: 'a + b)', weight: 0.75, source: 'accepted', replacedChars: 1 });
  });

  it.each([
    { name: 'refused and nothing was written', changes: refusedFor() },
    { name: 'refused and deleted', changes: refusedFor('') },
    { name: 'accepted and never looked at again', changes: { outcome: { kind: 'accepted' } as const } },
    {
      name: 'accepted in part and never settled',
      changes: { ...keptBy(1), outcome: { kind: 'acceptedPartly', acceptedChars: 3 } as const },
    },
    {
      name: 'offered in part of its line and never settled',
      changes: { ...keptBy(1), endsWithinLine: true as const },
    },
    { name: 'still on the screen', changes: {} },
  ])('is nothing when the completion was $name', ({ changes }) => {
    expect(demonstrationOfCompletion(completion(asked, 'a + b', changes))).toBeUndefined();
  });
});
