import { expect, it } from 'vitest';
import { recordsUntil } from '../../../src/process/exchange/recordsUntil.ts';
import { recordsOf } from '../../trainer/feedbackRecords.ts';
import type { DemonstrationRecord } from '../../../src/feedback/completionRecord.ts';

const demonstration = (atMs: number): DemonstrationRecord => ({
  id: String(atMs),
  ...{ atMs, documentUri: 'file:///a', languageId: 'c', offset: 0, prefix: '', suffix: '' },
  ...{ text: 'x', source: 'typed' },
});

it('leaves out what came later', () => {
  const all = [1, 2, 3].map(demonstration);
  const records = recordsOf({ demonstrations: all });
  expect(recordsUntil(records, 2).demonstrations()).toEqual(all.slice(0, 2));
  expect(recordsUntil(records, Infinity).demonstrations()).toEqual(all);
});
