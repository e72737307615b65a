import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentMb } from './residentMb.ts';

/** How a server is started. */
export interface LlamaSettings {
  /** Where the programs of llama.cpp lie. */
  readonly folder: string;
  readonly ggufPath: string;
  readonly threads: number;
  /** Beside those that every configuration shares. */
  readonly flags: readonly string[];
}

/** A question to a server. */
export interface LlamaRequest {
  readonly tokens: readonly number[];
  readonly maxNewTokens: number;
  /** Asked with the text so far; true ends the answer. Absent: exactly `maxNewTokens` tokens are written. */
  readonly isReady?: (text: string) => boolean;
}

/** One answer, as far as it is measured. */
export interface Timed {
  readonly ms: number;
  /** Tokens written. */
  readonly tokenCount: number;
}

/** What a server says of an answer. */
export interface LlamaAnswer extends Timed {
  readonly text: string;
  readonly tokens: readonly number[];
  /** Prompt tokens that its cache had. */
  readonly cachedTokens: number;
}

/** Room for the longest prompt and completion that is asked for, and not much more. */
const contextTokens = 2048;

/** A model of 0.5B is loaded within seconds even from a cold disk. */
const startMs = 60_000;

/** `llama-server` in a process of its own, asked over HTTP as its own clients do. */
export class LlamaServer {
  readonly #process: ChildProcess;
  readonly #address: string;

  private constructor(process: ChildProcess, address: string) {
    this.#process = process;
    this.#address = address;
  }

  /** One slot, so that all threads work on the one request there is; its prompt caches stay on, as they are. */
  static async start({ folder, ggufPath, threads, flags }: LlamaSettings): Promise<LlamaServer> {
    const port = await freePort();
    const model = ['--model', ggufPath, '--ctx-size', String(contextTokens), '--threads', String(threads)];
    const place = ['--host', '127.0.0.1', '--port', String(port), '--parallel', '1'];
    const child = spawn(join(folder, 'llama-server'), [...model, ...place, ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.push(text);
      said.splice(0, said.length - 50);
    });
    const server = new LlamaServer(child, `http://127.0.0.1:${port}`);
    try {
      await server.#becomeHealthy();
    } catch (error) {
      server.stop();
      throw new Error(`llama-server did not start:\n${said.join('')}`, { cause: error });
    }
    return server;
  }

  /** The answer, timed from the question to its end or to the moment it is ready. */
  async complete({ tokens, maxNewTokens, isReady }: LlamaRequest): Promise<LlamaAnswer> {
    const ended = new AbortController();
    const beganMs = performance.now();
    const response = await fetch(`${this.#address}/completion`, {
      method: 'POST',
      body: JSON.stringify({
        prompt: tokens,
        n_predict: maxNewTokens,
        // Greedy as ours is, in the way that costs the server least: no penalty, no distribution.
        samplers: ['top_k'],
        top_k: 1,
        temperature: 0,
        cache_prompt: true,
        ignore_eos: isReady === undefined,
        stream: true,
        timings_per_token: true,
      }),
      signal: ended.signal,
    });
    let text = '';
    const written: number[] = [];
    let last: LlamaEvent | undefined;
    for await (const event of eventsOf(response)) {
      text += event.content;
      written.push(...(event.tokens ?? []));
      last = event;
      if (event.stop || isReady?.(text) === true) break;
    }
    const ms = performance.now() - beganMs;
    ended.abort();
    const { predicted_n: tokenCount = 0, cache_n: cachedTokens = 0 } = last?.timings ?? {};
    return { ms, tokenCount, text, tokens: written, cachedTokens };
  }

  residentMb(): Promise<number> {
    return residentMb(this.#process.pid!);
  }

  stop(): void {
    this.#process.kill('SIGKILL');
  }

  async #becomeHealthy(): Promise<void> {
    const untilMs = performance.now() + startMs;
    while (performance.now() < untilMs) {
      if (this.#process.exitCode !== null) throw new Error(`exit code ${this.#process.exitCode}`);
      const response = await fetch(`${this.#address}/health`).catch(() => undefined);
      if (response?.ok === true) return;
      await sleep(50);
    }
    throw new Error(`it was not ready within ${startMs / 1000} s`);
  }
}

/** One message of a streamed answer, as far as it is used. */
interface LlamaEvent {
  readonly content: string;
  /** Of the content, as numbers. */
  readonly tokens?: readonly number[];
  readonly stop: boolean;
  /** Tokens written so far, and prompt tokens that the cache had. */
  readonly timings?: { readonly predicted_n: number; readonly cache_n?: number };
}

/** The messages of an answer in the format of server-sent events. */
async function* eventsOf(response: Response): AsyncGenerator<LlamaEvent> {
  if (!response.ok || response.body === null) {
    throw new Error(`llama-server answered ${response.status}: ${await response.text()}`);
  }
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith('data: ')) yield JSON.parse(line.slice('data: '.length)) as LlamaEvent;
    }
  }
}

/** A port that nobody uses at this moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
