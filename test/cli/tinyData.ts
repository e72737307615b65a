import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storeTinyWork } from '../process/tinyWork.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';

/** As little training as makes every stage do something. */
const hyperparameters = {
  lora: { rank: 2, alpha: 4 },
  sft: { epochs: 8, batchSize: 4 },
  ppo: { iterations: 2, rolloutsPerIteration: 8, rolloutsPerPrompt: 4, epochs: 1 },
  heldOutShare: 0.5,
};

/**
 * A data folder with some work in it, and the arguments that retrain a tiny model from it in a second
 * or two, with other hyperparameters where some are given.
 */
export async function tinyData(
  changes: object = {},
): Promise<{ readonly data: string; readonly retrain: readonly string[] }> {
  const data = temporaryFolder();
  storeTinyWork(join(data, 'feedback.sqlite'));
  const file = join(data, 'hyperparameters.json');
  writeFileSync(file, JSON.stringify({ ...hyperparameters, ...changes }));
  const model = await writeTinyModelFolder();
  const options = ['--data', data, '--model', model, '--threads', '1', '--hyperparameters', file];
  return { data, retrain: ['retrain', ...options] };
}
