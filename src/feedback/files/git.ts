import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Whatever a log of some years has. */
const maxOutputBytes = 1 << 28;

const askedWith = [
  // Names are wanted as they are, not in quotes with their letters as numbers.
  ...['-c', 'core.quotePath=false'],
  // Both run a program that the repository's settings may name.
  ...['-c', 'core.fsmonitor=false', '-c', 'log.showSignature=false'],
];

/**
 * What git says in a folder. Throws where there is no git, where the folder is in no repository, and what git throws.
 *
 * A repository's own settings name programs that git runs, and it may have come with an archive: only where the user trusts
 * the folder may git be asked. Beyond that no program is run for what is never wanted here, which leaves the filters of the
 * repository's attributes, without which git does not know what was changed. Nothing is fetched: what a partial clone left out is not here.
 */
export async function askGit(folder: string, args: readonly string[]): Promise<string> {
  const gitArguments = ['-C', folder, ...askedWith, ...args];
  const options = {
    env: { ...withoutGit(process.env), GIT_ALLOW_PROTOCOL: 'none' },
    maxBuffer: maxOutputBytes,
  };
  return (await promisify(execFile)('git', gitArguments, options)).stdout;
}

/** Inside of a hook, git's own variables name another repository. */
function withoutGit(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GIT_')));
}
