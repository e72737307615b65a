import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { inEnglish } from '../../sentences/sentence.ts';
import { endOf, nodeEnvironment } from '../child.ts';
import { outputFile, type EnginePlace } from './door.ts';
import { engineNotStarted, runtimeNotLoaded } from '../errors.ts';
import { checkInstallation } from '../installation.ts';
import type { Log } from '../rpc.ts';

/** What an engine is started from. */
export interface LaunchOptions {
  /** The program of the engine: a bundle, or the source where Node runs it. */
  readonly entryPath: string;
  /** Of the extension. */
  readonly version: string;
  readonly log: Log;
}

/** As much as tells why a process ended: a native crash and the trace before it. */
const lastOutputChars = 4_000;

/**
 * Starts an engine at a place and resolves once its door can be found there. It does not end with
 * this process, so that other windows may go on using it; what it writes goes to a file for the same
 * reason. Throws ProcessError 'died', 'otherMachine' where ONNX Runtime cannot be loaded, and what
 * `checkInstallation` throws.
 */
export async function launchEngine(place: EnginePlace, options: LaunchOptions): Promise<void> {
  const { entryPath, version, log } = options;
  await checkInstallation(dirname(entryPath));
  const output = await open(outputFile(place), 'w', 0o600);
  const child = spawn(process.execPath, [entryPath, place.folder, place.name, version], {
    stdio: ['ignore', output.fd, output.fd, 'ipc'],
    detached: true,
    cwd: place.folder,
    env: nodeEnvironment(),
    windowsHide: true,
  });
  const name = basename(entryPath);
  log(`${name}: started as process ${child.pid ?? 'none'}; it writes to ${outputFile(place)}`);
  const ended = endOf(child);
  void ended.then((how) => log(`${name}: process ${child.pid ?? 'none'} ended: ${inEnglish(how)}`));
  await output.close();
  const how = await Promise.race([isOpen(child), ended]);
  if (how !== 'open') {
    await logOutput(place, log);
    const why = whyNotLoaded(await readOutput(place));
    throw why === undefined ? engineNotStarted(how) : runtimeNotLoaded(why);
  }
  letGo(child);
}

/** Writes to the log what the engine at a place wrote last. */
export async function logOutput(place: EnginePlace, log: Log): Promise<void> {
  const output = await readOutput(place);
  for (const line of output.slice(-lastOutputChars).split('\n')) if (line !== '') log(`engine: ${line}`);
}

function readOutput(place: EnginePlace): Promise<string> {
  return readFile(outputFile(place), 'utf8').catch(() => '');
}

/** What Node says of a native file that the system cannot load; ONNX Runtime's are the only ones. */
function whyNotLoaded(output: string): string | undefined {
  return output.includes('ERR_DLOPEN_FAILED') ? /^Error: (.+)$/m.exec(output)?.[1] : undefined;
}

/** Its first message, whatever that is, says that it is open. */
function isOpen(child: ChildProcess): Promise<'open'> {
  return new Promise((resolve) => child.once('message', () => resolve('open')));
}

/** Lets this process end before that one. */
function letGo(child: ChildProcess): void {
  if (child.connected) child.disconnect();
  child.unref();
}
