import {
  CancellationTokenSource,
  ConnectionError,
  type CancellationToken,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type * as z from 'zod';
import { badMessage } from './errors.ts';
import { isUnexpected, toError, toResponseError } from './wireErrors.ts';

/** A question one process asks another, and the shape of its answer. */
export interface RpcRequest<Params, Result> {
  readonly method: string;
  readonly params: z.ZodType<Params>;
  readonly result: z.ZodType<Result>;
}

/** Something one process tells another. */
export interface RpcNotification<Params> {
  readonly method: string;
  readonly params: z.ZodType<Params>;
}

/** Takes lines for the log. */
export type Log = (line: string) => void;

/**
 * One end of the talk between two processes. What comes in is parsed before anybody sees it, errors
 * arrive as what was thrown, and an aborted signal here is an aborted signal there.
 */
export class Rpc {
  readonly #connection: MessageConnection;
  readonly #log: Log;

  constructor(connection: MessageConnection, log: Log) {
    this.#connection = connection;
    this.#log = log;
  }

  /**
   * The answer of the other end. Throws what was thrown there, ProcessError 'died' when it is gone,
   * and the signal's reason once that is aborted.
   */
  async request<P, R>({ method, result }: RpcRequest<P, R>, value: P, signal?: AbortSignal): Promise<R> {
    signal?.throwIfAborted();
    const answer = await this.#send(method, value, signal);
    signal?.throwIfAborted();
    return parsed({ method, params: result }, answer);
  }

  /** Answers a request of the other end. The signal is aborted when that cancels it, or is gone. */
  answer<P, R>(
    { method, params }: RpcRequest<P, R>,
    handler: (value: P, signal: AbortSignal) => R | Promise<R>,
  ): void {
    this.#connection.onRequest(method, async (payload: unknown, token: CancellationToken) => {
      const asked = this.#signalOf(token);
      try {
        return await handler(parsed({ method, params }, payload), asked.signal);
      } catch (error) {
        if (isUnexpected(error)) this.#log(`${method}: ${stackOf(error)}`);
        throw toResponseError(error);
      } finally {
        asked.dispose();
      }
    });
  }

  /** Tells the other end; one that is gone hears nothing. */
  notify<P>(notification: RpcNotification<P>, value: P): void {
    void this.tell(notification, value);
  }

  /** The same, and resolves once it is sent, after everything that was sent before. */
  async tell<P>({ method }: RpcNotification<P>, value: P): Promise<void> {
    try {
      await this.#connection.sendNotification(method, value);
    } catch (error) {
      if (!(error instanceof ConnectionError)) this.#log(`${method} was not sent: ${String(error)}`);
    }
  }

  /** Hears what the other end tells; a message that cannot be read goes to the log. */
  hear<P>({ method, params }: RpcNotification<P>, listener: (value: P) => void): void {
    this.#connection.onNotification(method, (payload: unknown) => {
      const { data, error } = params.safeParse(payload);
      if (error === undefined) listener(data);
      else this.#log(badMessage(method, error).message);
    });
  }

  /** Begins to take messages, which wait until then. */
  listen(): void {
    this.#connection.listen();
  }

  /** Ends the talk: who still waits for an answer gets ProcessError 'died'. */
  dispose(): void {
    this.#connection.dispose();
  }

  #signalOf(token: CancellationToken): { readonly signal: AbortSignal; dispose(): void } {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    if (token.isCancellationRequested) abort();
    const listening = [token.onCancellationRequested(abort), this.#connection.onDispose(abort)];
    return { signal: controller.signal, dispose: () => listening.forEach((one) => one.dispose()) };
  }

  async #send(method: string, value: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    const source = new CancellationTokenSource();
    const cancel = (): void => source.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await this.#connection.sendRequest<unknown>(method, value, source.token);
    } catch (failure) {
      signal?.throwIfAborted();
      throw toError(failure);
    } finally {
      signal?.removeEventListener('abort', cancel);
      source.dispose();
    }
  }
}

function parsed<T>({ method, params }: RpcNotification<T>, payload: unknown): T {
  const { data, error } = params.safeParse(payload);
  if (error !== undefined) throw badMessage(method, error);
  return data;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
