import { spawn, type ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { noTelemetry } from '../engine/runtime/noTelemetry.ts';
import { sentence, type Sentence } from '../sentences/sentence.ts';
import type { Disposable } from './clients.ts';
import { Rpc, type Log } from './rpc.ts';

/**
 * A child process of ours and the talk with it, over Node's own channel: native code may write to
 * standard output what it likes, that goes to the log.
 */
export class Child implements Disposable {
  readonly rpc: Rpc;
  /** How it ended, in words; pending while it runs. Known before waiting requests fail. */
  readonly ended: Promise<Sentence>;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, log: Log) {
    this.#process = child;
    const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    this.rpc = new Rpc(connection, log);
    this.ended = endOf(child);
    void this.ended.then(() => this.rpc.dispose());
  }

  /**
   * Starts the program at `entryPath` with the Node, or Electron, that runs this one. On Linux it has a session of its own,
   * whose share of the cores it may lower.
   */
  static launch(entryPath: string, args: readonly string[], log: Log): Child {
    const child = spawn(process.execPath, [entryPath, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: nodeEnvironment(),
      detached: process.platform === 'linux',
      windowsHide: true,
    });
    const name = basename(entryPath);
    const prefixed: Log = (line) => log(`${name}: ${line}`);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', prefixed);
    }
    prefixed(`started as process ${child.pid ?? 'none'}`);
    return new Child(child, prefixed);
  }

  /** Ends it at once. Whatever it writes, it writes so that this loses nothing. */
  dispose(): void {
    this.#process.kill('SIGKILL');
  }
}

/** The environment in which Electron is a Node; Node does not mind. ONNX Runtime reports to nobody in it. */
export function nodeEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ...noTelemetry, ELECTRON_RUN_AS_NODE: '1' };
}

/** How a process ended, in words. */
export function endOf(child: ChildProcess): Promise<Sentence> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal === null ? sentence`exit code ${code ?? '?'}` : sentence`killed by ${signal}`);
    });
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(sentence`it could not be started: ${error.message}`);
    });
  });
}
