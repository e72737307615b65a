import type { StorageRules } from '../../feedback/storing/storable.ts';
import { openFeedbackReader } from '../../feedback/storing/sqliteFeedbackReader.ts';
import { openFeedbackStore } from '../../feedback/storing/sqliteFeedbackStore.ts';
import {
  exportTo,
  importFrom,
  type Exported,
  type ExportSettings,
  type Imported,
} from './feedbackExchange.ts';

/** An export of stored feedback, as it is asked for. */
export interface StoreExport extends ExportSettings {
  readonly storePath: string;
  /** The file that is written. */
  readonly file: string;
}

/** An import into a store, which is made where there is none: what was learned elsewhere may be all there is. */
export interface StoreImport {
  readonly storePath: string;
  /** The file that is read. */
  readonly file: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly rules: StorageRules;
}

/** Whom an import tells, and who may end it. */
export interface StoreImportWatch {
  /** Told where a damaged store was put that stood in the place of the one that is read into. */
  readonly onMovedAside: (path: string) => void;
  readonly signal: AbortSignal;
}

/** Writes what a store holds to a file. Throws a StoreError, also where there is no store. */
export async function exportStore(
  { storePath, file, ...settings }: StoreExport,
  signal?: AbortSignal,
): Promise<Exported> {
  const reader = openFeedbackReader(storePath);
  try {
    return await exportTo(file, reader, settings, signal);
  } finally {
    reader.close();
  }
}

/** Reads a file into a store. Throws a StoreError. */
export async function importIntoStore(
  { storePath, file, ...settings }: StoreImport,
  { onMovedAside, signal }: StoreImportWatch,
): Promise<Imported> {
  const { store, movedAside } = openFeedbackStore(storePath, settings.nowMs);
  if (movedAside !== undefined) onMovedAside(movedAside);
  try {
    return await importFrom(file, store, { ...settings, signal });
  } finally {
    store.close();
  }
}
