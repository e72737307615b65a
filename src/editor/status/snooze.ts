import * as l10n from '@vscode/l10n';
import type { Clock, Timer } from '../../completion/clock.ts';
import type { LastingValues } from '../lastingValues.ts';

const key = 'snoozedUntilMs';

/** A moment until which completions may rest. */
export interface SnoozeChoice {
  readonly label: string;
  readonly untilMs: number;
}

/** When a day begins for somebody who worked late. */
const morningHour = 6;

/** How long one may want to be left alone, from now on. */
export function snoozeChoices(nowMs: number): SnoozeChoice[] {
  const minutes = [5, 15, 60].map((count) => ({
    label: count === 60 ? l10n.t('1 hour') : l10n.t('{0} minutes', count),
    untilMs: nowMs + count * 60_000,
  }));
  return [...minutes, { label: l10n.t('Until tomorrow'), untilMs: nextMorningMs(nowMs) }];
}

function nextMorningMs(nowMs: number): number {
  const morning = new Date(nowMs);
  morning.setHours(morningHour, 0, 0, 0);
  if (morning.getTime() <= nowMs) morning.setDate(morning.getDate() + 1);
  return morning.getTime();
}

/**
 * The time in which nothing is offered unasked. It outlives the window; another window that is open
 * already goes on.
 */
export class Snooze {
  readonly #values: LastingValues;
  readonly #clock: Clock;
  readonly #onChanged: () => void;
  #untilMs: number;
  #ending: Timer | undefined;

  /** @param onChanged called when it begins and when it is over. */
  constructor(values: LastingValues, clock: Clock, onChanged: () => void) {
    this.#values = values;
    this.#clock = clock;
    this.#onChanged = onChanged;
    const stored = values.get(key);
    this.#untilMs = typeof stored === 'number' ? stored : 0;
    this.#endInTime();
  }

  /** Absent when it is over. */
  get untilMs(): number | undefined {
    return this.#untilMs > this.#clock.nowMs() ? this.#untilMs : undefined;
  }

  begin(untilMs: number): void {
    this.#untilMs = untilMs;
    void this.#values.update(key, untilMs);
    this.#endInTime();
    this.#onChanged();
  }

  readonly end = (): void => this.begin(0);

  dispose(): void {
    this.#ending?.dispose();
  }

  #endInTime(): void {
    this.#ending?.dispose();
    const { untilMs } = this;
    if (untilMs !== undefined)
      this.#ending = this.#clock.setTimer(untilMs - this.#clock.nowMs(), this.#onChanged);
  }
}
