import type { Clock, Timer } from '../completion/clock.ts';
import type { EngineClient } from '../process/clients.ts';
import type { LastingValues } from './lastingValues.ts';
import { messageOf, type Logger } from './logger.ts';
import { ModelMeasurements, type Measurement, type RunningAs } from './modelMeasurements.ts';

/** Long enough that whoever waited for the model has had the first completions of it. */
const measureAfterMs = 30_000;

/** What measurements are made with. */
export interface MeasuredModelsOptions {
  readonly engine: Pick<EngineClient, 'state' | 'measure' | 'onStateChanged'>;
  readonly settings: () => RunningAs;
  /** What outlives the window. */
  readonly values: LastingValues;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How quick each model is on this machine: measured once as it is set to run, a while after it first serves so. */
export class MeasuredModels {
  readonly #options: MeasuredModelsOptions;
  readonly #listening: { dispose(): void };
  readonly #disposed = new AbortController();
  readonly #measurements: ModelMeasurements;
  #timer: Timer | undefined;

  constructor(options: MeasuredModelsOptions) {
    this.#options = options;
    this.#measurements = measurementsIn(options.values);
    this.#listening = options.engine.onStateChanged(({ kind }) => {
      this.#timer?.dispose();
      if (kind === 'ready' && this.of(options.settings().model) === undefined)
        this.#timer = options.clock.setTimer(measureAfterMs, () => void this.#measure());
    });
  }

  /** Undefined where a model never ran here as it would now. */
  of(model: string): Measurement | undefined {
    return this.#measurements.of({ ...this.#options.settings(), model });
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#disposed.abort();
    this.#listening.dispose();
  }

  async #measure(): Promise<void> {
    const { engine, settings, log } = this.#options;
    const { device, threads } = settings();
    try {
      const { model, speed, memoryBytes } = await engine.measure(this.#disposed.signal);
      await this.#measurements.add({ model, device, threads }, { ...speed, memoryBytes });
    } catch (error) {
      if (!this.#disposed.signal.aborted) log.info(`The model was not measured: ${messageOf(error)}`);
    }
  }
}

/**
 * How many tokens of a prompt a model reads in a second, as it was known when that was first asked: a measurement counts
 * from the next window on, so that within one prompts stay as long as they are.
 */
export function lastingPromptSpeeds(values: LastingValues): (running: RunningAs) => number | undefined {
  const measurements = measurementsIn(values);
  const known = new Map<string, number | undefined>();
  return (running) => {
    const { model, device, threads } = running;
    const name = JSON.stringify([model, device, threads]);
    if (!known.has(name)) known.set(name, measurements.of(running)?.promptTokensPerSecond);
    return known.get(name);
  };
}

function measurementsIn(values: LastingValues): ModelMeasurements {
  return new ModelMeasurements('measuredModels', values);
}
