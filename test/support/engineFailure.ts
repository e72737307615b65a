import { EngineError, type EngineErrorReason } from '../../src/engine/errors.ts';

/** The reason and message of the EngineError that work ends with; any other end is a failed test. */
export async function engineFailure(
  work: Promise<unknown> | (() => unknown),
): Promise<{ reason: EngineErrorReason; message: string }> {
  const outcome = await Promise.resolve()
    .then(() => (typeof work === 'function' ? work() : work))
    .then(
      () => new Error('it did not fail'),
      (error: unknown) => error,
    );
  if (!EngineError.is(outcome)) throw outcome;
  return { reason: outcome.reason, message: outcome.message };
}
