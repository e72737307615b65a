import { expect, it } from 'vitest';
import { exportForms, importedSentence } from '../../../src/editor/learning/adapterForms.ts';
import { exportFormats } from '../../../src/trainer/adapters/exportFormats.ts';

it('offers every form of export once', () => {
  expect(exportForms().map(({ format }) => format)).toEqual(exportFormats);
});

it.each([
  [true, 'It serves from now on.'],
  [false, 'It is kept, and does not serve.'],
])('says of an imported adapter that was promoted (%s) what it does', (promoted, end) => {
  const sentence = importedSentence({ adapterId: 'a', verdict: { promoted, reason: 'Why.' } });
  expect(sentence).toBe(`The adapter was imported as a. Why. ${end}`);
});
