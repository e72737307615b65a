import { expect, it } from 'vitest';
import { fromReportSchema, toReportSchema } from '../../../src/editor/learning/learningReportMessages.ts';

it.each([{ sentence: 'x' }, { sentence: 'x', button: { action: 'serve', label: 'y' } }])(
  'takes %j from the extension',
  (message) => {
    expect(toReportSchema.parse(message)).toEqual(message);
  },
);

it('takes only what the page can want', () => {
  expect(['ready', 'rollBack', 'serve'].every((kind) => fromReportSchema.safeParse({ kind }).success)).toBe(
    true,
  );
  expect(fromReportSchema.safeParse({ kind: 'deleteAll' }).success).toBe(false);
});
