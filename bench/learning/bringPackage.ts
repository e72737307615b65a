import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from '../../src/engine/files.ts';
import { packageMissing } from './errors.ts';
import type { CorpusPair } from './corpus.ts';

/** One version of a package. */
export interface PackageVersion extends Pick<CorpusPair, 'client' | 'name'> {
  readonly version: string;
}

/** Runs a program in a folder and gives what it printed. */
export type RunProgram = (program: string, args: readonly string[], folder: string) => Promise<string>;

/**
 * Unpacks a version of a package into `folder`, which appears whole or not at all; the user's own
 * clients bring it from wherever they are set up to. None of its code is run. Throws a CliError when
 * it cannot be brought.
 */
export async function bringPackage(
  wanted: PackageVersion,
  folder: string,
  run: RunProgram = runProgram,
): Promise<void> {
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    await { npm: unpackNpm, pip: unpackPip }[wanted.client](wanted, partial, run);
  } catch (error) {
    throw packageMissing(wanted.client, `${wanted.name} ${wanted.version}`, error);
  }
  await rename(partial, folder);
}

async function unpackNpm({ name, version }: PackageVersion, folder: string, run: RunProgram): Promise<void> {
  // On Windows npm is a script that only a shell starts.
  const [npm, ...first] = process.platform === 'win32' ? ['cmd', '/c', 'npm'] : ['npm'];
  await run(npm, [...first, 'pack', `${name}@${version}`, '--silent', '--ignore-scripts'], folder);
  const archive = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  await run('tar', ['-xzf', archive ?? '', '--strip-components', '1'], folder);
  await rm(join(folder, archive ?? ''));
}

/** A wheel holds a Python package's sources as they are; unpacking it needs no build. */
async function unpackPip({ name, version }: PackageVersion, folder: string, run: RunProgram): Promise<void> {
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check'];
  const only = ['--no-deps', '--only-binary', ':all:', '--ignore-requires-python'];
  const python = process.platform === 'win32' ? 'python' : 'python3';
  await run(python, [...pip, ...only, '--dest', folder, `${name}==${version}`], folder);
  const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl')) ?? '';
  await run(python, ['-m', 'zipfile', '-e', wheel, folder], folder);
  await rm(join(folder, wheel));
}

const runProgram: RunProgram = async (program, args, cwd) => {
  try {
    return (await promisify(execFile)(program, args, { cwd })).stdout;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw new Error(`there is no program ${program}`, { cause: error });
    throw new Error(lastLineOf(error), { cause: error });
  }
};

/** Clients end with the plainest of what they have to say. */
function lastLineOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  return said.trim().split('\n').at(-1) ?? '';
}
