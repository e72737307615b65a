import type { Problem } from '../report/diagnostics.ts';
import type { Logger } from './logger.ts';

/** As many as are read when something is wrong; the log channel has all of them. */
const keptProblems = 10;

/** A log that can be shown. */
interface LogChannel extends Logger {
  show(): void;
  dispose(): void;
}

/** VS Code's log channel, and the last things that went wrong in it, for the diagnostics. */
export class RememberingLog implements Logger {
  readonly #channel: LogChannel;
  readonly #nowMs: () => number;
  #problems: readonly Problem[] = [];

  constructor(channel: LogChannel, nowMs: () => number) {
    this.#channel = channel;
    this.#nowMs = nowMs;
  }

  /** Oldest first. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  info(message: string): void {
    this.#channel.info(message);
  }

  warn(message: string): void {
    this.#remember('warn', message);
    this.#channel.warn(message);
  }

  error(message: string | Error): void {
    this.#remember('error', message instanceof Error ? message.message : message);
    this.#channel.error(message);
  }

  show(): void {
    this.#channel.show();
  }

  dispose(): void {
    this.#channel.dispose();
  }

  #remember(severity: Problem['severity'], text: string): void {
    this.#problems = [...this.#problems, { atMs: this.#nowMs(), severity, text }].slice(-keptProblems);
  }
}
