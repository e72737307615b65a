import { expect, it } from 'vitest';
import { exportChoices } from '../../src/editor/exportChoices.ts';
import { exportFormats } from '../../src/process/feedbackExchange.ts';

it('offers every format once', () => {
  expect(exportChoices.map(({ format }) => format)).toEqual(exportFormats);
});
