import { expect, it } from 'vitest';
import { exportForms, importedSentence } from '../../../src/editor/learning/adapterForms.ts';
import type { TakenUp } from '../../../src/editor/learning/takingUp.ts';
import { exportFormats } from '../../../src/trainer/adapters/exportFormats.ts';

it('offers every form of export once', () => {
  expect(exportForms().map(({ format }) => format)).toEqual(exportFormats);
});

it.each<[string, TakenUp | undefined, string]>([
  ['serves', { kind: 'serves' }, 'It serves from now on.'],
  ['waits for its model', { kind: 'waits', sentence: 'It waits.' }, 'It waits.'],
  [
    'cannot be loaded',
    { kind: 'failed', error: 0 },
    'The adapter could not be loaded, and does not serve yet.',
  ],
  ['was not promoted', undefined, 'It is kept, and does not serve.'],
])('says of an imported adapter that %s what it does', (_, taken, end) => {
  const verdict = { promoted: taken !== undefined, reason: 'Why.' };
  const sentence = importedSentence({ adapterId: 'a', verdict }, taken);
  expect(sentence).toBe(`The adapter was imported as a. Why. ${end}`);
});
