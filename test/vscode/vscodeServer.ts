import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findVsCodeServer } from '../../scripts/setup/vscodeServer.mjs';

export interface VsCodeServerOptions {
  /** Where the server keeps settings, logs and state; made when absent. */
  readonly dataFolder: string;
  /** An extension: a folder with a built package.json `main`, used in place, or a VSIX, which is installed. */
  readonly extension: string;
  /** Folders of extensions beside it. Absent: there are none. */
  readonly otherExtensions?: readonly string[] | undefined;
  /** Added to this process's environment; the extension host sees it too. */
  readonly env: Readonly<Record<string, string>>;
  /** What starts the server in its turn, with arguments; empty or absent: nothing does. */
  readonly startedBy?: readonly string[];
  /** Whether every folder is trusted without a question, as tests want it. Absent: VS Code asks. */
  readonly isEveryFolderTrusted?: boolean;
}

/** A running VS Code Server with one extension in it. */
export interface VsCodeServer {
  /** The page that opens a folder and, when given, one of its files. */
  address(folder: string, file?: string): string;
  /** What the server printed so far. */
  log(): string;
  /** Ends the server and everything it started. */
  stop(): void;
}

/** A cold machine takes 2 s; ten times that means it never will. */
const startTimeoutMs = 20_000;

/**
 * Starts VS Code Server on a free port of this machine, behind a token nobody else knows.
 *
 * An extension in a folder counts as installed, not as under development: development mode needs a
 * switch that also hides every notification.
 */
export async function startVsCodeServer(options: VsCodeServerOptions): Promise<VsCodeServer> {
  const main = findVsCodeServer();
  if (main === undefined) throw new Error('VS Code Server is not there yet: run `npm run setup`.');
  bringExtension(main, options);
  const token = randomBytes(16).toString('hex');
  const server = spawnServer(main, token, options);
  const port = await portOf(server);
  return {
    address: (folder, file) => addressOf(port, token, folder, file),
    log: server.log,
    stop: server.stop,
  };
}

interface RunningServer {
  readonly child: ChildProcess;
  readonly log: () => string;
  readonly stop: () => void;
}

/** The server leads a process group of its own, so that nothing it started outlives it. */
function spawnServer(
  main: string,
  token: string,
  { dataFolder, env, startedBy = [], isEveryFolderTrusted = false }: VsCodeServerOptions,
): RunningServer {
  const trust = isEveryFolderTrusted ? ['--disable-workspace-trust'] : [];
  const switches = ['--accept-server-license-terms', '--disable-telemetry', ...trust];
  const place = ['--host', '127.0.0.1', '--port', '0', '--server-data-dir', dataFolder];
  const server = [process.execPath, main, ...place, '--connection-token', token, ...switches];
  const [program = process.execPath, ...args] = [...startedBy, ...server];
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const stop = () => {
    process.off('exit', stop);
    endGroup(child);
  };
  process.on('exit', stop);
  return { child, log: () => printed, stop };
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, 'SIGKILL');
}

/** The port, which the server prints once it listens. */
async function portOf(server: RunningServer): Promise<number> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline && server.child.exitCode === null) {
    const port = /Extension host agent listening on (\d+)/.exec(server.log())?.[1];
    if (port !== undefined) return Number(port);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  server.stop();
  throw new Error(`VS Code Server did not start within ${startTimeoutMs / 1000} s:\n${server.log()}`);
}

function addressOf(port: number, token: string, folder: string, file: string | undefined): string {
  const address = new URL(`http://127.0.0.1:${port}/`);
  address.searchParams.set('tkn', token);
  address.searchParams.set('folder', folder);
  if (file === undefined) return address.href;
  const opened = `vscode-remote://127.0.0.1:${port}${join(folder, file)}`;
  address.searchParams.set('payload', JSON.stringify([['openFile', opened]]));
  return address.href;
}

function bringExtension(
  main: string,
  { dataFolder, extension, otherExtensions = [] }: VsCodeServerOptions,
): void {
  if (!extension.endsWith('.vsix')) {
    listExtensions(dataFolder, [extension, ...otherExtensions]);
    return;
  }
  const args = [main, '--install-extension', extension, '--force', '--server-data-dir', dataFolder];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${extension} could not be installed:\n${stdout}${stderr}`);
}

/** Writes the list of installed extensions, as VS Code reads it, with each extension in its place. */
function listExtensions(dataFolder: string, extensionFolders: readonly string[]): void {
  const folder = join(dataFolder, 'extensions');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'extensions.json'), JSON.stringify(extensionFolders.map(listed)));
}

function listed(extensionFolder: string) {
  const manifest = JSON.parse(readFileSync(join(extensionFolder, 'package.json'), 'utf8')) as Manifest;
  const { pathname } = pathToFileURL(extensionFolder);
  return {
    identifier: { id: `${manifest.publisher}.${manifest.name}` },
    version: manifest.version,
    location: { $mid: 1, path: decodeURIComponent(pathname), scheme: 'file' },
    metadata: {},
  };
}

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly version: string;
}

/** Where the server looks for the user's settings. */
export function userSettingsFile(dataFolder: string): string {
  return join(dataFolder, 'data', 'User', 'settings.json');
}
