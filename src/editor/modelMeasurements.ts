import * as l10n from '@vscode/l10n';
import { decimals, roughly } from '../sentences/decimals.ts';
import { hasNumbers, type LastingValues } from './lastingValues.ts';
import type { WrittenSettings } from './settings.ts';

const measured = ['promptTokensPerSecond', 'msPerToken', 'memoryBytes'] as const;

/** How a model runs on this machine. */
export type Measurement = Readonly<Record<(typeof measured)[number], number>>;

/** The settings that decide how a model runs. */
export type RunningAs = Pick<WrittenSettings, 'model' | 'device' | 'threads'>;

/** How models run on this machine, kept under a key beyond the window. */
export class ModelMeasurements {
  readonly #key: string;
  readonly #values: LastingValues;

  constructor(key: string, values: LastingValues) {
    this.#key = key;
    this.#values = values;
  }

  /** Undefined where it is not known how the model runs on that device with so many threads. */
  of({ model, device, threads }: RunningAs): Measurement | undefined {
    const stored = this.#all()[model];
    if (!hasNumbers(stored, [...measured, 'threads']) || stored.threads !== threads) return undefined;
    return Reflect.get(stored, 'device') === device ? stored : undefined;
  }

  async add({ model, device, threads }: RunningAs, measurement: Measurement): Promise<void> {
    await this.#values.update(this.#key, { ...this.#all(), [model]: { ...measurement, device, threads } });
  }

  #all(): Readonly<Record<string, unknown>> {
    const stored = this.#values.get(this.#key);
    return typeof stored === 'object' ? { ...stored } : {};
  }
}

/** What was measured, in words that stand behind a model's name. */
export function measurementText({ promptTokensPerSecond, msPerToken, memoryBytes }: Measurement): string {
  return l10n.t(
    'measured: reads {0} tokens/s, writes one in {1} ms, {2} GB',
    promptTokensPerSecond.toFixed(0),
    msPerToken.toFixed(0),
    decimals(memoryBytes / 1e9, 1),
  );
}

/** What is expected, in the same words. */
export function predictionText({ promptTokensPerSecond, msPerToken, memoryBytes }: Measurement): string {
  return l10n.t(
    'expected: reads {0} tokens/s, writes one in {1} ms, {2} GB',
    roughly(promptTokensPerSecond),
    roughly(msPerToken),
    decimals(memoryBytes / 1e9, 1),
  );
}
