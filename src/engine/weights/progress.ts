/** How far the way from a model's source to its folder has come, or that of an adapter into it. */
export interface ModelProgress {
  readonly phase: 'download' | 'join' | 'verify' | 'convert' | 'merge';
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Hears of progress, many times a second. */
export type OnModelProgress = (progress: ModelProgress) => void;
