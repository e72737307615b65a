import * as l10n from '@vscode/l10n';
import type { Clock, Timer } from '../completion/clock.ts';
import type { EngineClient } from '../process/clients.ts';
import { decimals } from '../report/html.ts';
import { messageOf, type Logger } from './logger.ts';
import { hasNumbers, type LastingValues } from './lastingValues.ts';
import type { WrittenSettings } from './settings.ts';

const measured = ['promptTokensPerSecond', 'msPerToken', 'memoryBytes'] as const;

/** How a model runs on this machine. */
export type Measurement = Readonly<Record<(typeof measured)[number], number>>;

/** The settings that decide how a model runs. */
export type RunningAs = Pick<WrittenSettings, 'model' | 'device' | 'threads'>;

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
    const { model, device, threads } = running;
    const name = JSON.stringify([model, device, threads]);
    if (!known.has(name)) known.set(name, measurementOf(running, values)?.promptTokensPerSecond);
    return known.get(name);
  };
}

function allIn(values: LastingValues): Readonly<Record<string, unknown>> {
  const stored = values.get(key);
  return typeof stored === 'object' ? { ...stored } : {};
}

/** A measurement in a sentence. */
export function measurementText({ promptTokensPerSecond, msPerToken, memoryBytes }: Measurement): string {
  return l10n.t(
    'Measured here: reads {0} tokens/s, writes one in {1} ms, {2} GB of memory.',
    promptTokensPerSecond.toFixed(0),
    msPerToken.toFixed(0),
    decimals(memoryBytes / 1e9, 1),
  );
}
