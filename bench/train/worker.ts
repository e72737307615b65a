import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import * as z from 'zod';

const lineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), versions: z.record(z.string(), z.string()).optional() }),
  z.object({ kind: z.literal('step'), ms: z.number(), loss: z.number() }),
  z.object({ kind: z.literal('end'), peakRssMb: z.number() }),
]);

/** What a worker prints: once when it is ready, once per step, once at its end. */
export type WorkerLine = z.infer<typeof lineSchema>;

/** One training step. */
export interface Step {
  readonly ms: number;
  /** In nats a token, before the step's update. */
  readonly loss: number;
}

/** A process that trains, one step at a time. */
export class Worker {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  /** Of the libraries it uses, where it told. */
  readonly versions: Readonly<Record<string, string>>;

  private constructor(process: ChildProcess, lines: AsyncIterator<string>, versions: Worker['versions']) {
    this.#process = process;
    this.#lines = lines;
    this.versions = versions;
  }

  /** Starts a program that speaks as `ourWorker.ts` does, and waits until it is ready. */
  static async start(program: string, args: readonly string[]): Promise<Worker> {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { versions = {} } = await readLine(lines, 'ready');
    return new Worker(child, lines, versions);
  }

  /** Makes one step. */
  async step(): Promise<Step> {
    this.#process.stdin!.write('step\n');
    return readLine(this.#lines, 'step');
  }

  /** Ends the process; gives the largest memory it ever had in use, in megabytes of 2^20 bytes. */
  async end(): Promise<number> {
    this.#process.stdin!.end();
    const { peakRssMb } = await readLine(this.#lines, 'end');
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
    return peakRssMb;
  }

  /** Ends the process without a word, where something else has failed. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

async function readLine<Kind extends WorkerLine['kind']>(
  lines: AsyncIterator<string>,
  kind: Kind,
): Promise<Extract<WorkerLine, { kind: Kind }>> {
  const next = await lines.next();
  if (next.done === true)
    throw new Error('A training process ended before it was asked to; it said why above.');
  const line = lineSchema.parse(JSON.parse(next.value));
  if (line.kind !== kind) throw new Error(`A training process said '${line.kind}' instead of '${kind}'.`);
  return line as Extract<WorkerLine, { kind: Kind }>;
}
