import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { defaultModelId } from '../engine/catalogue/catalogue.ts';
import { EngineError } from '../engine/errors.ts';
import { isAbort } from '../engine/invariant.ts';
import { StoreError } from '../feedback/errors.ts';
import { TrainerError } from '../trainer/errors.ts';
import { nameOfWork, runDemo, type DemoOptions } from './demo.ts';
import { demoJson, demoText } from './demoReport.ts';

const program = new Command('attune').description('Attune without an editor: the same code, headless.');

program
  .command('demo')
  .description('Replay a developer’s work, retrain from it, and show what changed.')
  .option('--model <id>', 'catalogue id, GGUF file or Hugging Face folder', defaultModelId)
  .option('--project <folder>', 'project whose newer half is replayed', process.cwd())
  .option('--old <folder>', 'with --new: the older of two versions of a project')
  .option('--new <folder>', 'with --old: the newer of two versions of a project')
  .option('--data <folder>', 'where feedback and adapters are kept (default: a new temporary folder)')
  .option('--max-requests <count>', 'how often the policy is asked', wholeNumber)
  .option('--max-lines <count>', 'how many lines are typed', wholeNumber)
  .option('--seed <number>', 'seed of everything random', wholeNumber, 1)
  .option('--threads <count>', 'threads of the engine', wholeNumber, availableParallelism())
  .option('--json <file>', 'write the result there too')
  .action(async (options: Omit<DemoOptions, 'signal'> & { readonly json?: string }) => {
    console.log(`Replaying ${nameOfWork(options)} with ${options.model}.`);
    const result = await runDemo({ ...options, signal: interrupted.signal });
    console.log(demoText(result));
    if (options.json !== undefined)
      await writeFile(options.json, `${JSON.stringify(demoJson(result), null, 2)}\n`);
  });

/** Aborted by Ctrl+C; a second one ends the process at once. */
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = 1;
  console.error(messageFor(error));
}

/** Errors that say what to do are printed as they are; all others are ours, with their stack. */
function messageFor(error: unknown): string {
  if (isAbort(error)) return 'Cancelled. The same command goes on from its checkpoint when --data is given.';
  if (EngineError.is(error) || TrainerError.is(error) || StoreError.is(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('a whole number is needed');
  return value;
}
