import { ForeseenError } from '../sentences/foreseenError.ts';
import { sentence, type Sentence } from '../sentences/sentence.ts';

/** Why the trainer could not do what it was asked. */
export type TrainerErrorReason =
  | 'noExamples'
  | 'allForgotten'
  | 'adapterMissing'
  | 'adapterDamaged'
  | 'adapterMismatch'
  | 'adapterForeign'
  | 'adapterBaseUnsure'
  | 'nothingToRollBack'
  | 'checkpointDamaged'
  | 'diverged'
  | 'diskFull';

/** A failure of the trainer. */
export class TrainerError extends ForeseenError<TrainerErrorReason> {
  override readonly name = 'TrainerError';
}

/** The feedback has nothing to learn from. */
export function noExamples(recordCount: number): TrainerError {
  return new TrainerError(
    'noExamples',
    sentence`There is nothing to learn from yet: of ${recordCount} stored records none has a known answer. Work with completions for a while, or rank some alternatives, and retrain then.`,
    { recordCount },
  );
}

/** All that the feedback has to learn from is held out, or would show what is. */
export function allHeldOut(exampleCount: number): TrainerError {
  return new TrainerError(
    'noExamples',
    sentence`There is nothing to learn from yet: all that is known of answers (${exampleCount}) is as new as what a retraining is judged by, or would show it. Work with completions for a while and retrain then, or hold out a smaller share.`,
    { exampleCount },
  );
}

/** What a run learned from was forgotten while it went on. */
export function allForgotten(): TrainerError {
  return new TrainerError(
    'allForgotten',
    sentence`What this retraining learned from was forgotten meanwhile, and so is what it learned.`,
    {},
  );
}

/** No adapter of that id is in the store. */
export function adapterMissing(adapterId: string, folder: string): TrainerError {
  return new TrainerError(
    'adapterMissing',
    sentence`There is no adapter ${adapterId} in ${folder}. List the adapters and choose one of them.`,
    { adapterId, folder },
  );
}

/** An adapter's files cannot be read as what they should be. */
export function adapterDamaged(adapterId: string, problem: Sentence, cause?: unknown): TrainerError {
  return new TrainerError(
    'adapterDamaged',
    sentence`Adapter ${adapterId} is damaged: ${problem}. Roll back to another adapter, or retrain; its folder can be deleted.`,
    { adapterId, problem },
    cause,
  );
}

/** An adapter is whole, but belongs to another base model or another shape of adapter. */
export function adapterMismatch(adapterId: string, problem: Sentence): TrainerError {
  return new TrainerError(
    'adapterMismatch',
    sentence`Adapter ${adapterId} does not fit this model: ${problem}. Choose the model it was trained on, or retrain.`,
    { adapterId, problem },
  );
}

/** An adapter from outside cannot be taken in; `problem` is a clause that says what of it. */
export function adapterForeign(path: string, problem: Sentence, cause?: unknown): TrainerError {
  return new TrainerError(
    'adapterForeign',
    sentence`The adapter ${path} cannot be imported: ${problem}.`,
    { path, problem },
    cause,
  );
}

/** Nothing in an adapter's files says that it belongs to the model, and only the user can know. */
export function adapterBaseUnsure(path: string, problem: Sentence): TrainerError {
  return new TrainerError(
    'adapterBaseUnsure',
    sentence`The adapter ${path} cannot be imported: ${problem}. If those are the same weights, say --same-base.`,
    { path, problem },
  );
}

/** The base model already serves alone. */
export function nothingToRollBack(): TrainerError {
  return new TrainerError(
    'nothingToRollBack',
    sentence`The base model serves without an adapter, so there is nothing to roll back. Retrain to get an adapter.`,
  );
}

/** A checkpoint cannot be read back. */
export function checkpointDamaged(path: string, problem: Sentence, cause?: unknown): TrainerError {
  return new TrainerError(
    'checkpointDamaged',
    sentence`The checkpoint ${path} is damaged: ${problem}. Delete it and retrain from the start; adapters and feedback are not affected.`,
    { path, problem },
    cause,
  );
}

/** A number that training depends on is no longer one. */
export function diverged(what: Sentence, value: number, step: number): TrainerError {
  return new TrainerError(
    'diverged',
    sentence`Training stopped at step ${step}: ${what} is ${String(value)}. The adapter that served before still serves; retrain with a lower learning rate.`,
    { what, value: String(value), step },
  );
}

/** The disk has no room for a file of the trainer. */
export function diskFull(path: string, cause: unknown): TrainerError {
  return new TrainerError(
    'diskFull',
    sentence`The disk is full: ${path} could not be written. Free some space and start again; nothing that was stored is lost.`,
    { path },
    cause,
  );
}
