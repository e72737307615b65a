import { expect, it } from 'vitest';
import { findEntry } from '../../../src/engine/catalogue/catalogue.ts';
import { openRealModel, realModels } from '../../support/realModels.ts';

it.each(realModels)('knows the sizes of %s', async (id) => {
  const { config } = await openRealModel(id);
  expect(config).toMatchObject(findEntry(id)!.shape);
});
