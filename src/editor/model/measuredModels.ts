import type { Clock, Timer } from '../../completion/clock.ts';
import type { EngineClient } from '../../process/clients.ts';
import { messageOf } from '../../sentences/foreseenError.ts';
import { hasNumbers, type LastingValues } from '../lastingValues.ts';
import type { Logger } from '../logger.ts';
import { measured, runningKey, type Measurement, type RunningAs } from './modelMeasurements.ts';

const key = 'measuredModels';

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
  #timer: Timer | undefined;

  constructor(options: MeasuredModelsOptions) {
    this.#options = options;
    this.#listening = options.engine.onStateChanged(({ kind }) => {
      this.#timer?.dispose();
      if (kind === 'ready' && this.of(options.settings().model) === undefined)
        this.#timer = options.clock.setTimer(measureAfterMs, () => void this.#measure());
    });
  }

  /** Undefined where a model never ran here as it would now. */
  of(model: string): Measurement | undefined {
    const { settings, values } = this.#options;
    return measurementOf({ ...settings(), model }, values);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#disposed.abort();
    this.#listening.dispose();
  }

  async #measure(): Promise<void> {
    const { engine, settings, values, log } = this.#options;
    const { device, threads } = settings();
    try {
      const { model, speed, memoryBytes } = await engine.measure(this.#disposed.signal);
      await values.update(key, { ...allIn(values), [model]: { ...speed, memoryBytes, device, threads } });
    } catch (error) {
      if (!this.#disposed.signal.aborted) log.info(`The model was not measured: ${messageOf(error)}`);
    }
  }
}

/** How a model ran on this machine; undefined where it never did on that device with so many threads. */
function measurementOf(
  { model, device, threads }: RunningAs,
  values: LastingValues,
): Measurement | undefined {
  const stored = allIn(values)[model];
  if (!hasNumbers(stored, [...measured, 'threads']) || stored.threads !== threads) return undefined;
  return Reflect.get(stored, 'device') === device ? stored : undefined;
}

/**
 * How many tokens of a prompt a model reads in a second, as it was known when that was first asked: a measurement counts
 * from the next window on, so that within one prompts stay as long as they are.
 */
export function lastingPromptSpeeds(values: LastingValues): (running: RunningAs) => number | undefined {
  const known = new Map<string, number | undefined>();
  return (running) => {
    const name = runningKey(running);
    if (!known.has(name)) known.set(name, measurementOf(running, values)?.promptTokensPerSecond);
    return known.get(name);
  };
}

function allIn(values: LastingValues): Readonly<Record<string, unknown>> {
  const stored = values.get(key);
  return typeof stored === 'object' ? { ...stored } : {};
}
