import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Whatever a log of some years has. */
const maxOutputBytes = 1 << 28;

/** What git says in a folder. Throws where there is no git, where the folder is in no repository, and what git throws. */
export async function askGit(folder: string, args: readonly string[]): Promise<string> {
  // Names are wanted as they are, not in quotes with their letters as numbers.
  const gitArguments = ['-C', folder, '-c', 'core.quotePath=false', ...args];
  const options = { env: withoutGit(process.env), maxBuffer: maxOutputBytes };
  return (await promisify(execFile)('git', gitArguments, options)).stdout;
}

/** Inside of a hook, git's own variables name another repository. */
function withoutGit(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GIT_')));
}
