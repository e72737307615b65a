/** How far the way from a model's source to its folder has come. */
export interface ModelProgress {
  readonly phase: 'download' | 'join' | 'verify' | 'convert';
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export type OnModelProgress = (progress: ModelProgress) => void;
