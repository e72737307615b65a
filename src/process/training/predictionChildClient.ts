import { ChildRuns, type ChildRunsOptions } from '../childRuns.ts';
import type { PredictionClient } from '../clients.ts';
import { predictionDied } from '../errors.ts';
import { predictModels } from '../trainerMessages.ts';

/** The trainer's program as what finds out how models will run: a process of its own, which may take seconds of the processor. */
export class PredictionChildClient implements PredictionClient {
  readonly #runs: ChildRuns;

  constructor(options: ChildRunsOptions) {
    this.#runs = new ChildRuns(options);
  }

  readonly predictModels: PredictionClient['predictModels'] = async (settings, signal) => {
    const { models } = await this.#runs.request(predictModels, settings, { signal, died: predictionDied });
    return models;
  };

  dispose(): void {
    this.#runs.dispose();
  }
}
