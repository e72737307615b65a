import { existsSync } from 'node:fs';
import { isFile } from '../../engine/weights/pathKind.ts';
import type { ConvertOptions } from '../../engine/weights/writeModelFolder.ts';
import { AdapterStore } from '../../trainer/adapters/adapterStore.ts';
import { exportAdapter } from '../../trainer/adapters/exportAdapter.ts';
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
  await exportAdapter({ store, id, base, baseModelId, convert }, format, target);
}
