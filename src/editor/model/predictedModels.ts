import type { PredictionClient } from '../../process/clients.ts';
import { messageOf } from '../../sentences/foreseenError.ts';
import type { Logger } from '../logger.ts';
import { runningKey, type Measurement, type RunningAs } from './modelMeasurements.ts';
import { threadsOf } from './threadsOf.ts';

/** What predictions are made with. */
export interface PredictedModelsOptions {
  readonly client: PredictionClient;
  readonly settings: () => RunningAs;
  readonly log: Pick<Logger, 'info'>;
}

/**
 * How models will run on this machine that never ran here: found out once a window, when somebody is about to choose. It
 * is not kept for longer, since what else ran meanwhile counts.
 */
export class PredictedModels {
  readonly #options: PredictedModelsOptions;
  /** By how they run. */
  readonly #known = new Map<string, Measurement>();

  constructor(options: PredictedModelsOptions) {
    this.#options = options;
  }

  /** Undefined where it was not found out yet, or cannot be: graphics cards are not tried. */
  of(model: string): Measurement | undefined {
    return this.#known.get(runningKey({ ...this.#options.settings(), model }));
  }

  /** Finds out what is not known of these models. Where that fails it stays unknown, and the log says why. */
  async predict(models: readonly string[], signal: AbortSignal): Promise<void> {
    const { client, settings, log } = this.#options;
    const { device, threads } = settings();
    const unknown = models.filter((model) => this.of(model) === undefined);
    if (unknown.length === 0 || !runsOnCpu(device)) return;
    try {
      const asked = { models: unknown, threads: threadsOf(threads) };
      for (const { model, speed, memoryBytes } of await client.predictModels(asked, signal))
        this.#known.set(runningKey({ model, device, threads }), { ...speed, memoryBytes });
    } catch (error) {
      if (!signal.aborted) log.info(`How models will run was not found out: ${messageOf(error)}`);
    }
  }
}

/** Left to itself Attune takes a graphics card where that is faster: it will run no slower than on the CPU. */
function runsOnCpu(device: RunningAs['device']): boolean {
  return device === 'cpu' || device === 'auto';
}
