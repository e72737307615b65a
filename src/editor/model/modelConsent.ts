import type { LastingValues } from '../lastingValues.ts';

const key = 'mayDownload';

/** What decides whether a model may be downloaded. */
export interface ModelConsentOptions {
  /** What outlives the window, in all workspaces. */
  readonly values: LastingValues;
  /** The model that the user's own settings name; undefined where they name none. */
  readonly chosen: () => string | undefined;
}

/**
 * Which models the user asked for: none is downloaded before. Choosing one is asking for it, in the user's own
 * settings or by a command; the settings of a project are not, since they may be somebody else's.
 */
export class ModelConsent {
  readonly #options: ModelConsentOptions;

  constructor(options: ModelConsentOptions) {
    this.#options = options;
  }

  /** Whether a model may be downloaded. What was said last counts, before what the settings name. */
  isGiven(model: string): boolean {
    return this.#said[model] ?? this.#options.chosen() === model;
  }

  /** Keeps that the user asked for a model. */
  give(model: string): void {
    this.#keep(model, true);
  }

  /** Keeps that the user ended the download of a model: it goes on when they ask for it again. */
  withdraw(model: string): void {
    this.#keep(model, false);
  }

  get #said(): Readonly<Record<string, boolean>> {
    const stored = this.#options.values.get(key);
    const entries = typeof stored === 'object' && stored !== null ? Object.entries(stored) : [];
    return Object.fromEntries(entries.filter((entry): entry is [string, boolean] => isBoolean(entry[1])));
  }

  #keep(model: string, isGiven: boolean): void {
    void this.#options.values.update(key, { ...this.#said, [model]: isGiven });
  }
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}
