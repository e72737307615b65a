import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { isFile } from '../../engine/weights/pathKind.ts';
import type { ConvertOptions } from '../../engine/weights/writeModelFolder.ts';
import { AdapterStore } from '../../trainer/adapters/adapterStore.ts';
import { exportAdapter, type ExportedAdapter } from '../../trainer/adapters/exportAdapter.ts';
import type { ExportSettings } from '../clients.ts';
import { alreadyThere } from '../errors.ts';
import { openModel } from './retraining.ts';

/**
 * Writes an adapter of the store, whole or not at all. A file takes the place of one that was there, since the
 * dialog that it was chosen in asks; a folder takes nothing's place.
 */
export async function exportStored(
  { adaptersFolder, adapterId: id, format, target }: ExportSettings,
  convert: ConvertOptions,
): Promise<void> {
  if (existsSync(target) && !(format === 'gguf' && (await isFile(target)))) throw alreadyThere(target);
  const store = new AdapterStore(adaptersFolder);
  const { baseModelId } = await store.manifest(id);
  const base = await openModel(baseModelId, { signal: convert.signal, onModelProgress: convert.onProgress });
  const exported = { store, id, base, baseModelId, convert };
  if (format === 'gguf') return exportFile(exported, target);
  await exportAdapter(exported, format, target);
}

async function exportFile(exported: ExportedAdapter, target: string): Promise<void> {
  const temporary = `${target}.part`;
  await rm(temporary, { force: true });
  try {
    await exportAdapter(exported, 'gguf', temporary);
    exported.convert.signal.throwIfAborted();
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}
