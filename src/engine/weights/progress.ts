/** How far the way from a model's source to its folder has come. */
export interface ModelProgress {
  readonly phase: 'download' | 'join' | 'verify' | 'convert';
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Hears of progress, many times a second. */
export type OnModelProgress = (progress: ModelProgress) => void;
