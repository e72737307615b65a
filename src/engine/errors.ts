import { ForeseenError } from '../sentences/foreseenError.ts';

/** Why the engine could not do what it was asked. */
export type EngineErrorReason =
  | 'modelMissing'
  | 'modelDamaged'
  | 'modelUnsupported'
  | 'downloadFailed'
  | 'diskFull'
  | 'notWritable'
  | 'shapeMismatch'
  | 'adapterMismatch'
  | 'deviceFailed'
  | 'outOfMemory';

/** A failure of the engine. */
export class EngineError extends ForeseenError<EngineErrorReason> {
  override readonly name = 'EngineError';
}
