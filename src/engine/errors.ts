/** Why the engine could not do what it was asked. */
export type EngineErrorReason =
  | 'modelMissing'
  | 'modelDamaged'
  | 'modelUnsupported'
  | 'downloadFailed'
  | 'diskFull'
  | 'shapeMismatch'
  | 'adapterMismatch'
  | 'deviceFailed'
  | 'outOfMemory';

/** A failure of the engine; `message` says what happened and what the user can do. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly reason: EngineErrorReason;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    reason: EngineErrorReason,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.reason = reason;
    this.details = details;
  }

  static is(error: unknown, reason?: EngineErrorReason): error is EngineError {
    return error instanceof EngineError && (reason === undefined || error.reason === reason);
  }
}
