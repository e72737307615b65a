import { expect, it } from 'vitest';
import { exportChoices } from '../../../src/editor/stored/exportChoices.ts';
import { exportFormats } from '../../../src/process/exchange/feedbackExchange.ts';

it('offers every format once', () => {
  expect(exportChoices.map(({ format }) => format)).toEqual(exportFormats);
});
