import * as l10n from '@vscode/l10n';
import type { Clock, Timer } from '../completion/clock.ts';
import type { EngineClient } from '../process/clients.ts';
import { decimals } from '../report/html.ts';
import { messageOf, type Logger } from './logger.ts';
import { hasNumbers, type LastingValues } from './lastingValues.ts';
import type { Settings } from './settings.ts';

const measured = ['promptTokensPerSecond', 'msPerToken', 'memoryBytes'] as const;

/** How a model runs on this machine. */
export type Measurement = Readonly<Record<(typeof measured)[number], number>>;

const key = 'measuredModels';

/** Long enough that whoever waited for the model has had the first completions of it. */
const measureAfterMs = 30_000;

/** What measurements are made with. */
export interface MeasuredModelsOptions {
  readonly engine: Pick<EngineClient, 'state' | 'measure' | 'onStateChanged'>;
  readonly settings: () => Pick<Settings, 'model'>;
  /** What outlives the window. */
  readonly values: LastingValues;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How quick each model is on this machine: measured once for each, a while after it first serves. */
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

  /** Undefined where a model never ran here. */
  of(model: string): Measurement | undefined {
    return measurementOf(model, this.#options.values);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#disposed.abort();
    this.#listening.dispose();
  }

  async #measure(): Promise<void> {
    const { engine, values, log } = this.#options;
    try {
      const { model, speed, memoryBytes } = await engine.measure(this.#disposed.signal);
      await values.update(key, { ...allIn(values), [model]: { ...speed, memoryBytes } });
    } catch (error) {
      if (!this.#disposed.signal.aborted) log.info(`The model was not measured: ${messageOf(error)}`);
    }
  }
}

/** How a model ran on this machine; undefined where it never did. */
export function measurementOf(model: string, values: LastingValues): Measurement | undefined {
  const stored = allIn(values)[model];
  return hasNumbers(stored, measured) ? stored : undefined;
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
