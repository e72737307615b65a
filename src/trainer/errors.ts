/** Why the trainer could not do what it was asked. */
export type TrainerErrorReason =
  | 'noExamples'
  | 'adapterMissing'
  | 'adapterDamaged'
  | 'adapterMismatch'
  | 'adapterForeign'
  | 'adapterBaseUnsure'
  | 'nothingToRollBack'
  | 'checkpointDamaged'
  | 'diverged'
  | 'diskFull';

/** A failure of the trainer; `message` says what happened and what the user can do. */
export class TrainerError extends Error {
  override readonly name = 'TrainerError';
  readonly reason: TrainerErrorReason;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    reason: TrainerErrorReason,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.reason = reason;
    this.details = details;
  }

  static is(error: unknown, reason?: TrainerErrorReason): error is TrainerError {
    return error instanceof TrainerError && (reason === undefined || error.reason === reason);
  }
}

/** The feedback has nothing to learn from. */
export function noExamples(recordCount: number): TrainerError {
  return new TrainerError(
    'noExamples',
    `There is nothing to learn from yet: of ${recordCount} stored records none has a known answer. Work with completions for a while, or rank some alternatives, and retrain then.`,
    { recordCount },
  );
}

/** No adapter of that id is in the store. */
export function adapterMissing(adapterId: string, folder: string): TrainerError {
  return new TrainerError(
    'adapterMissing',
    `There is no adapter ${adapterId} in ${folder}. List the adapters and choose one of them.`,
    { adapterId, folder },
  );
}

/** An adapter's files cannot be read as what they should be. */
export function adapterDamaged(adapterId: string, problem: string, cause?: unknown): TrainerError {
  return new TrainerError(
    'adapterDamaged',
    `Adapter ${adapterId} is damaged: ${problem}. Roll back to another adapter, or retrain; its folder can be deleted.`,
    { adapterId, problem },
    cause,
  );
}

/** An adapter is whole, but belongs to another base model or another shape of adapter. */
export function adapterMismatch(adapterId: string, problem: string): TrainerError {
  return new TrainerError(
    'adapterMismatch',
    `Adapter ${adapterId} does not fit this model: ${problem}. Choose the model it was trained on, or retrain.`,
    { adapterId, problem },
  );
}

/** An adapter from outside cannot be taken in; `problem` is a clause that says what of it. */
export function adapterForeign(path: string, problem: string, cause?: unknown): TrainerError {
  return new TrainerError(
    'adapterForeign',
    `The adapter ${path} cannot be imported: ${problem}.`,
    { path, problem },
    cause,
  );
}

/** Nothing in an adapter's files says that it belongs to the model, and only the user can know. */
export function adapterBaseUnsure(path: string, problem: string): TrainerError {
  return new TrainerError(
    'adapterBaseUnsure',
    `The adapter ${path} cannot be imported: ${problem}. If those are the same weights, say --same-base.`,
    { path, problem },
  );
}

/** The base model already serves alone. */
export function nothingToRollBack(): TrainerError {
  return new TrainerError(
    'nothingToRollBack',
    'The base model serves without an adapter, so there is nothing to roll back. Retrain to get an adapter.',
  );
}

/** A checkpoint cannot be read back. */
export function checkpointDamaged(path: string, problem: string, cause?: unknown): TrainerError {
  return new TrainerError(
    'checkpointDamaged',
    `The checkpoint ${path} is damaged: ${problem}. Delete it and retrain from the start; adapters and feedback are not affected.`,
    { path, problem },
    cause,
  );
}

/** A number that training depends on is no longer one. */
export function diverged(what: string, value: number, step: number): TrainerError {
  return new TrainerError(
    'diverged',
    `Training stopped at step ${step}: ${what} is ${value}. The adapter that served before still serves; retrain with a lower learning rate.`,
    { what, value, step },
  );
}

/** The disk has no room for a file of the trainer. */
export function diskFull(path: string, cause: unknown): TrainerError {
  return new TrainerError(
    'diskFull',
    `The disk is full: ${path} could not be written. Free some space and start again; nothing that was stored is lost.`,
    { path },
    cause,
  );
}
