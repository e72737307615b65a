import { EngineError, type EngineErrorReason } from '../../src/engine/errors.ts';

/** The reason and message of the EngineError that work ends with; any other end is a failed test. */
export async function engineFailure(
  work: Promise<unknown>,
): Promise<{ reason: EngineErrorReason; message: string }> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  if (EngineError.is(outcome)) return { reason: outcome.reason, message: outcome.message };
  throw outcome instanceof Error ? outcome : new Error(`no failure, but ${JSON.stringify(outcome)}`);
}
