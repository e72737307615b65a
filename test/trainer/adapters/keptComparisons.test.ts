import { expect, it } from 'vitest';
import { splitExamples } from '../../../src/trainer/data/dataset.ts';
import { demonstrationOfText } from '../../../src/trainer/data/demonstrations.ts';
import { judgeOffered, type HeldOutComparison } from '../../../src/trainer/gate/heldOutEvaluation.ts';
import { importRow } from '../../../src/trainer/data/importTrl.ts';
import {
  keepComparisons,
  keptComparisonsSchema,
  withoutPlaces,
} from '../../../src/trainer/adapters/keptComparisons.ts';
import { askedAt, demonstration, recordsOf } from '../feedbackRecords.ts';

const lines = Array.from({ length: 10 }, (_, i) => `line ${i}`).join('\n');
const records = [
  demonstration(askedAt(`${lines}\nconst a = █;\nbehind`, 1), 'one'),
  demonstration(askedAt('const b = █', 2, 'file:///b.ts'), 'two'),
];
const comparisons: HeldOutComparison[] = records.map((record) => ({
  demonstration: demonstrationOfText(record)!,
  before: judgeOffered('', record.text),
  after: judgeOffered(record.text, record.text),
}));
const stored = (demonstrations = records) => recordsOf({ demonstrations });

it('keeps the last lines before the cursor, what was written, and what both policies offered', () => {
  const kept = keepComparisons(comparisons, stored());
  expect(kept.comparisons[0]).toEqual({
    demonstration: {
      ...{ documentUri: 'file:///a.ts', languageId: 'typescript', atMs: 60_000, text: 'one' },
      prefix: 'line 5\nline 6\nline 7\nline 8\nline 9\nconst a = ',
    },
    before: { text: '', isAccepted: false, keptChars: 0, refusedChars: 0 },
    after: { text: 'one', isAccepted: true, keptChars: 3, refusedChars: 0 },
  });
  expect(keptComparisonsSchema.parse(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
});

it('keeps no more of a line than one reads', () => {
  const long = demonstration(askedAt(`${'x'.repeat(5000)}█`, 1), 'one');
  const comparison = { ...comparisons[0]!, demonstration: demonstrationOfText(long)! };
  expect(keepComparisons([comparison], stored([long])).comparisons[0]?.demonstration.prefix).toHaveLength(
    1000,
  );
});

it('leaves out what was forgotten while the run went on', () => {
  const kept = keepComparisons(comparisons, stored(records.slice(1)));
  expect(kept.comparisons.map(({ demonstration: { text } }) => text)).toEqual(['two']);
  expect(kept.forgotten).toBe(1);
});

it('keeps what was imported with its time and document, which is held out as well', () => {
  const row = { prompt: 'const c = ', completion: 'three', document: 'file:///c.ts', at_ms: 3 };
  const line = importRow(row, { fileName: 'team.jsonl', importedAtMs: 4 });
  if (line.kind !== 'record') throw new Error('the row is refused');
  const { heldOut } = splitExamples(recordsOf({ imported: [line.record] }), { heldOutShare: 1 });
  const imported = heldOut.demonstrations.map((one) => ({ ...comparisons[0]!, demonstration: one }));
  const kept = keepComparisons(imported, recordsOf({ imported: [line.record] }));
  expect(kept.comparisons.map(({ demonstration: { text } }) => text)).toEqual(['three']);
  expect(kept.forgotten).toBe(0);
});

it('forgets one document and counts what that was', () => {
  const left = withoutPlaces(
    keepComparisons(comparisons, stored()),
    ({ documentUri }) => documentUri === 'file:///b.ts',
  );
  expect(left.comparisons.map(({ demonstration: { text } }) => text)).toEqual(['one']);
  expect(left.forgotten).toBe(1);
});
