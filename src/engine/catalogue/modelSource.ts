import type { OnModelProgress } from '../weights/progress.ts';
import type { CatalogueEntry } from './catalogue.ts';

/** How a download is watched and ended. */
export interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: OnModelProgress;
}

/** A place that model files can be had from. */
export interface ModelSource {
  /** As it stands in messages to the user. */
  readonly name: string;
  /** Disk space a download takes at its fullest, what is already there included. */
  diskBytes(entry: CatalogueEntry): number;
  /**
   * Path of the whole file of `entry` inside `workFolder`, not yet verified. What an ended or
   * cancelled download brought stays in that folder, and the next one goes on from there.
   */
  download(entry: CatalogueEntry, workFolder: string, options: DownloadOptions): Promise<string>;
}
