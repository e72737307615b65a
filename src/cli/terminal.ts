import { createInterface } from 'node:readline/promises';
import { unanswered } from './errors.ts';
import { showProgress, type Progress } from './progressBar.ts';

/** Whoever started a command: where it writes, what it is asked, and when it is told to stop. */
export interface Terminal {
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  /** Prints a result. */
  readonly print: (text: string) => void;
  /** Tells of something beside the result. */
  readonly tell: (text: string) => void;
  /** Whether the user says yes to a question. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Shows how far a piece of work is. */
  readonly showProgress: (label: string) => Progress;
}

/** The terminal of this process: results on standard output, all else on standard error. */
export function processTerminal(signal: AbortSignal): Terminal {
  return {
    signal,
    print: (text) => console.log(text),
    tell: (text) => console.error(text),
    confirm: (question) => ask(question, signal),
    showProgress: (label) => showProgress(label),
  };
}

/** The same until Ctrl+C, which aborts its signal. Nobody listens to a second one, so it ends the process at once. */
export function interruptibleTerminal(): Terminal {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  return processTerminal(interrupted.signal);
}

async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) throw unanswered();
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await reader.question(`${question} [y/N] `, { signal });
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
