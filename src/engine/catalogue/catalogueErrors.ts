import { EngineError } from '../errors.ts';
import type { CatalogueEntry } from './catalogue.ts';

/** The error for a user's own file that is not the model it should be. */
export function wrongOwnFile(entry: CatalogueEntry, path: string, mismatch: string): EngineError {
  return new EngineError(
    'modelDamaged',
    `${path} is not ${entry.id}: ${mismatch}. Choose another file, or none to have it downloaded.`,
    { path, model: entry.id },
  );
}

/** The error for a model that no source could bring; `failures` says of each why. */
export function notAvailable(entry: CatalogueEntry, failures: readonly string[]): EngineError {
  return new EngineError(
    'downloadFailed',
    `The model ${entry.id} could not be had. Tried ${failures.join('; ')}. ` +
      'Try again with a network that reaches one of these (what came is kept), ' +
      `or bring ${entry.fileName} (SHA-256 ${entry.sha256}) by other means and name that file.`,
    { model: entry.id, bytes: entry.bytes },
  );
}

/** The error for a name that is neither in the catalogue nor on the disk. */
export function unknownModel(model: string, ids: readonly string[]): EngineError {
  return new EngineError(
    'modelMissing',
    `There is no model '${model}'. Choose ${ids.join(', ')}, a GGUF file, or a folder in Hugging Face's layout.`,
    { model },
  );
}
