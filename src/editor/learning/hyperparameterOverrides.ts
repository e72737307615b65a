import * as z from 'zod';
import { messageOf } from '../../sentences/foreseenError.ts';
import type { Logger } from '../logger.ts';

/**
 * The overrides of the trainer's hyperparameters in the environment variable `ATTUNE_HYPERPARAMETERS`
 * (JSON in the shape of `hyperparametersSchema`, any part of it), for tests and benchmarks. Undefined
 * when there are none, or none that can be read.
 */
export function hyperparameterOverrides(environment: NodeJS.ProcessEnv, log: Logger): object | undefined {
  const text = environment['ATTUNE_HYPERPARAMETERS'];
  if (text === undefined) return undefined;
  try {
    return z.looseObject({}).parse(JSON.parse(text));
  } catch (error) {
    log.warn(`ATTUNE_HYPERPARAMETERS is no JSON object and is not used: ${messageOf(error)}`);
    return undefined;
  }
}
