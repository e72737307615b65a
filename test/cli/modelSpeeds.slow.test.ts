import { expect, it } from 'vitest';
import { catalogue } from '../../src/engine/catalogue/catalogue.ts';
import type { PredictedModel } from '../../src/process/clients.ts';
import { attune } from './attune.ts';

it('finds out how each model will run where that is asked', async () => {
  const { printed } = await attune(['models', 'list', '--speed', '--json']);
  const { models } = JSON.parse(printed) as { models: { id: string; predicted: PredictedModel }[] };
  expect(models.map(({ id }) => id)).toEqual(catalogue.map(({ id }) => id));
  const of = (name: string) => models.find(({ id }) => id.endsWith(name))!.predicted;
  for (const { predicted } of models)
    expect(Object.values(predicted.speed).every((value) => value > 0)).toBe(true);
  expect(of('0.5b').memoryBytes).toBeLessThan(of('1.5b').memoryBytes);
});
