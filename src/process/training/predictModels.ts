import { findEntry } from '../../engine/catalogue/catalogue.ts';
import { predictSpeed } from '../../engine/generation/predictSpeed.ts';
import { servingBytes } from '../../engine/generation/servingMemory.ts';
import { int8WeightBytes } from '../../engine/weights/modelConfig.ts';
import type { PredictedModel, PredictSettings } from '../clients.ts';

/** How models of the catalogue will run on this machine; what is not in it is left out. */
export async function predictModels(
  { models, threads }: PredictSettings,
  signal: AbortSignal,
): Promise<PredictedModel[]> {
  const predicted: PredictedModel[] = [];
  for (const { id, shape } of models.flatMap((model) => findEntry(model) ?? [])) {
    const memoryBytes = servingBytes(int8WeightBytes(shape));
    predicted.push({ model: id, speed: await predictSpeed(shape, { threads, signal }), memoryBytes });
  }
  return predicted;
}
