import { maxProblems } from '../report/maxProblems.ts';
import { logged, type Logger, type Message } from './logger.ts';

/** A log of words that can be shown, as VS Code's is. */
interface LogChannel extends Readonly<Record<'info' | 'warn' | 'error', (text: string) => void>> {
  show(): void;
  dispose(): void;
}

/** Something that went wrong. */
export interface RememberedProblem {
  readonly atMs: number;
  readonly severity: 'warn' | 'error';
  readonly message: Message;
}

/** Takes what goes wrong, for diagnostics after the end of the window. */
export type KeepProblem = (problem: RememberedProblem) => void;

/** VS Code's log channel, in English, and the last things that went wrong in it, for the diagnostics. */
export class RememberingLog implements Logger {
  readonly #channel: LogChannel;
  readonly #nowMs: () => number;
  readonly #keep: KeepProblem;
  #problems: readonly RememberedProblem[] = [];

  constructor(channel: LogChannel, nowMs: () => number, keep: KeepProblem) {
    this.#channel = channel;
    this.#nowMs = nowMs;
    this.#keep = keep;
  }

  /** Oldest first. */
  get problems(): readonly RememberedProblem[] {
    return this.#problems;
  }

  info(message: Message): void {
    this.#channel.info(logged(message));
  }

  warn(message: Message): void {
    this.#remember('warn', message);
    this.#channel.warn(logged(message));
  }

  error(message: Message): void {
    this.#remember('error', message);
    this.#channel.error(logged(message));
  }

  show(): void {
    this.#channel.show();
  }

  dispose(): void {
    this.#channel.dispose();
  }

  #remember(severity: RememberedProblem['severity'], message: Message): void {
    const problem = { atMs: this.#nowMs(), severity, message };
    this.#problems = [...this.#problems, problem].slice(-maxProblems);
    this.#keep(problem);
  }
}
