import * as l10n from '@vscode/l10n';
import { decimals, roughly } from '../../sentences/decimals.ts';
import type { WrittenSettings } from '../settings/settings.ts';

/** The numbers of a measurement. */
export const measured = ['promptTokensPerSecond', 'msPerToken', 'memoryBytes'] as const;

/** How a model runs on this machine. */
export type Measurement = Readonly<Record<(typeof measured)[number], number>>;

/** The settings that decide how a model runs. */
export type RunningAs = Pick<WrittenSettings, 'model' | 'device' | 'threads'>;

/** What a measurement is known by. */
export function runningKey({ model, device, threads }: RunningAs): string {
  return JSON.stringify([model, device, threads]);
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
