/**
 * Brings what the task of an npm script needs, then runs it under Node 24.
 *
 * Everything here and in setup/ is plain JavaScript for Node 20 without any package, because in a
 * bare clone there is nothing else.
 */
import { fileURLToPath } from 'node:url';
import { runInTerminal } from './setup/command.mjs';
import { bringNode, withNodeFirst } from './setup/node24.mjs';
import { SetupError } from './setup/setupError.mjs';
import { tasks } from './tasks.mjs';

/** When the person pressed Enter, for the account of where the time went. */
process.env.ATTUNE_STARTED_MS ??= String(Date.now());

const [taskName, ...args] = process.argv.slice(2);
const task = tasks[taskName];
try {
  if (task === undefined)
    throw new SetupError(`There is no task '${taskName}'.`, `There are: ${Object.keys(tasks).join(', ')}.`);
  process.exitCode = await runUnderNode24(await bringNode());
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  if (task?.endsWithTally) process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = 1;
}

async function runUnderNode24(nodeBinary) {
  const isOther = nodeBinary !== process.execPath;
  const env = isOther ? withNodeFirst(process.env, nodeBinary) : process.env;
  if (isOther) return runInTerminal(nodeBinary, [fileURLToPath(import.meta.url), taskName, ...args], { env });
  for (const bring of task.needs) await bring();
  return task.run(args);
}
