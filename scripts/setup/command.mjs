import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { remedyFor, SetupError } from './setupError.mjs';

/** How much of a failed command's output a person is shown. */
const shownLines = 12;

/**
 * What a command printed, standard output and errors together. It runs unseen: a person is shown
 * the end of its output only when it fails, as a `SetupError`.
 */
export async function outputOf(title, command, args, options = {}) {
  const { code, output } = await capture(command, args, options);
  if (code === 0) return output;
  const details = output.trimEnd().split('\n').slice(-shownLines).join('\n');
  throw new SetupError(`${title} failed (exit code ${code}).`, remedyFor(output), details);
}

/** The exit code and everything printed by a command that runs unseen; `onOutput` hears it piece by piece. */
export function capture(command, args, { onOutput = () => {}, onStart = () => {}, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    onStart(child);
    let output = '';
    const hear = (chunk) => {
      output += chunk;
      onOutput(String(chunk));
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on('close', (code, signal) => resolve({ code: code ?? exitCodeOf(signal), output }));
  });
}

/**
 * The exit code of a command that has the terminal for itself. Ctrl+C reaches it directly, so this
 * process only waits for it to end.
 */
export function runInTerminal(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    const wait = () => {};
    const passOn = (signal) => child.kill(signal);
    process.on('SIGINT', wait).on('SIGTERM', passOn);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', wait).off('SIGTERM', passOn);
      resolve(code ?? exitCodeOf(signal));
    });
  });
}

/** Where a program lies on PATH; undefined when it does not. */
export function findOnPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** How npm is started: the very one that started us, which needs no shell on any system. */
export function npmCommand() {
  const running = process.env.npm_execpath ?? '';
  if (running.endsWith('npm-cli.js')) return [process.execPath, running];
  const npm = findOnPath('npm');
  if (npm !== undefined) return [npm];
  throw new SetupError(
    'npm was not found on PATH.',
    'Install npm, which comes with Node.js, and run the same command again.',
  );
}

/**
 * What every npm command of ours is told: no install script runs, only errors are printed, what
 * was downloaded before is used, and a missing network shows within seconds instead of minutes.
 */
const npmSwitches = [
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--loglevel=error',
  '--prefer-offline',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=3000',
];

/** What an npm command printed. */
export function npm(title, args, options = {}) {
  const [command, ...first] = npmCommand();
  return outputOf(title, command, [...first, ...args, ...npmSwitches], { ...options, onStart: takeAlong });
}

/** What ends a program from outside: Ctrl+C, a request, a terminal that is closed. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Kills a child as soon as a signal ends this process. Left alone npm takes back what it installed, for up to a
 * minute after its user saw it end, and with it what the next run installs meanwhile; what it leaves when it is killed,
 * the next run clears away.
 */
function takeAlong(child) {
  const end = (signal) => {
    child.kill('SIGKILL');
    forget();
    process.kill(process.pid, signal);
  };
  const forget = () => endings.forEach((signal) => process.off(signal, end));
  endings.forEach((signal) => process.on(signal, end));
  child.on('error', forget).on('close', forget);
}

/** Shells report a process that a signal ended as 128 plus the signal's number. */
function exitCodeOf(signal) {
  return 128 + (constants.signals[signal] ?? 0);
}
