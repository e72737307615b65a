import { expect, it } from 'vitest';
import { buildExamples } from '../../../src/trainer/data/dataset.ts';
import { isForgotten } from '../../../src/trainer/adapters/learnedFrom.ts';
import { askedAt, demonstration, recordsOf } from '../feedbackRecords.ts';

const [one, other] = ['a█', 'b█'].map((text, index) => demonstration(askedAt(text, index), 'x;'));

it.each([
  ['nothing of it is stored any more', [], true],
  ['only what came since is stored', [demonstration(askedAt('c█', 3), 'x;')], true],
  ['some of it is stored', [other!], false],
])('knows whether what was learned from is forgotten: %s', (_, left, expected) => {
  const demonstrations = [one!, other!];
  const { learnedFrom } = buildExamples(recordsOf({ demonstrations }), [], {
    ...{ heldOutShare: 0, maxWindows: 0, seed: 1 },
  });
  expect(learnedFrom).toHaveLength(2);
  expect(isForgotten(learnedFrom, recordsOf({ demonstrations: left }))).toBe(expected);
});

it('takes what was learned from files alone for nothing that was forgotten', () => {
  expect(isForgotten([], recordsOf({}))).toBe(false);
});
