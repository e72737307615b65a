import { isAbort } from '../engine/invariant.ts';
import { cancelled } from './errors.ts';

/** What the work gives. When it was cancelled, the error says what is left of it. */
export async function sayingWhatIsLeft<T>(
  work: Promise<T>,
  left: () => string | Promise<string>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isAbort(error) ? cancelled(await left(), error) : error;
  }
}
