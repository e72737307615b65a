import { ForeseenError } from '../../sentences/foreseenError.ts';
import { joined, sentence, type Sentence } from '../../sentences/sentence.ts';
import { EngineError } from '../errors.ts';
import type { CatalogueEntry } from './catalogue.ts';

/** The error for a user's own file that is not the model it should be. */
export function wrongOwnFile(entry: CatalogueEntry, path: string, mismatch: Sentence): EngineError {
  return new EngineError(
    'modelDamaged',
    sentence`${path} is not ${entry.id}: ${mismatch}. Choose another file, or none to have it downloaded.`,
    { path, model: entry.id },
  );
}

/** The error for a model that no source could bring; `failures` says of each why. */
export function notAvailable(entry: CatalogueEntry, failures: readonly Sentence[]): EngineError {
  return new EngineError(
    'downloadFailed',
    sentence`The model ${entry.id} could not be had. Tried ${joined(failures, '; ')}. Try again with a network that reaches one of these (what came is kept), or bring ${entry.fileName} (SHA-256 ${entry.sha256}) by other means and name that file.`,
    { model: entry.id, bytes: entry.bytes },
  );
}

/** The error for a name that is neither in the catalogue nor on the disk. */
export function unknownModel(model: string, ids: readonly string[]): EngineError {
  return new EngineError(
    'modelMissing',
    sentence`There is no model '${model}'. Choose ${ids.join(', ')}, a GGUF file, or a folder in Hugging Face's layout.`,
    { model },
  );
}

/** A source could not bring a file; another may. Only the error of the last says so to the user. */
export class SourceError extends ForeseenError<'sourceFailed'> {
  override readonly name = 'SourceError';
}

/** The error for one source; `why` is a clause. */
export function sourceFailed(why: Sentence): SourceError {
  return new SourceError('sourceFailed', why);
}
