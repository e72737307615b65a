import { sentence, type Sentence } from '../../sentences/sentence.ts';
import { EngineError } from '../errors.ts';

/** The error for a model file that is not where it should be. */
export function modelMissing(path: string, cause?: unknown): EngineError {
  return new EngineError(
    'modelMissing',
    sentence`There is no model at ${path}. Check the path, or choose a model of the catalogue.`,
    { path },
    cause,
  );
}

/** The error for a model file whose content is broken; `what` is a whole sentence with both numbers. */
export function modelDamaged(path: string, what: Sentence, cause?: unknown): EngineError {
  return new EngineError(
    'modelDamaged',
    sentence`The model file ${path} is damaged: ${what} Delete it and get it again.`,
    { path },
    cause,
  );
}

const chooseAnother = sentence`Choose a llama, qwen2 or qwen3 model with a byte-level tokenizer.`;

/** The error for a sound model that this engine cannot run; `what` is a whole sentence, `help` one that says what to do. */
export function modelUnsupported(path: string, what: Sentence, help: Sentence = chooseAnother): EngineError {
  return new EngineError('modelUnsupported', sentence`The model ${path} cannot be used: ${what} ${help}`, {
    path,
  });
}

/** The error for a disk that cannot hold what must be written. */
export function diskFull(
  folder: string,
  neededBytes: number,
  freeBytes: number,
  cause?: unknown,
): EngineError {
  return new EngineError(
    'diskFull',
    sentence`The disk of ${folder} is too full: ${megabytes(neededBytes)} MB are needed and ${megabytes(freeBytes)} MB are free. Free some space, or set ATTUNE_CACHE to a folder on another disk.`,
    { folder, neededBytes, freeBytes },
    cause,
  );
}

/** The error for a folder for models that takes nothing. */
export function notWritable(folder: string, cause?: unknown): EngineError {
  return new EngineError(
    'notWritable',
    sentence`Models cannot be kept in ${folder}: nothing can be written there. Look at its permissions, or set ATTUNE_CACHE to another folder.`,
    { folder },
    cause,
  );
}

/** The error for a model that needs more memory than there is. */
export function tooLittleMemory(
  model: string,
  { neededBytes, availableBytes, smallerModel }: MemoryShortage,
): EngineError {
  const help =
    smallerModel === undefined
      ? sentence`Close other programs.`
      : sentence`Close other programs, or choose the smaller model ${smallerModel}.`;
  return new EngineError(
    'outOfMemory',
    sentence`The model ${model} needs ${megabytes(neededBytes)} MB of memory and ${megabytes(availableBytes)} MB are free. ${help}`,
    { model, neededBytes, availableBytes },
  );
}

interface MemoryShortage {
  readonly neededBytes: number;
  readonly availableBytes: number;
  /** One that would fit; absent when none would. */
  readonly smallerModel: string | undefined;
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
