import { ForeseenError } from '../sentences/foreseenError.ts';
import { inEnglish, quoted, type Sentence } from '../sentences/sentence.ts';

/** What is said to the log or the user: made in the reader's language, or a sentence that is told in it later. */
export type Message = string | Sentence;

/** Where details go that no message box should show: VS Code's log channel, or a test's list. */
export interface Logger {
  info(message: Message): void;
  warn(message: Message): void;
  error(message: Message): void;
}

/**
 * What the log has of an error. One of our own kinds says what to do and needs no more; any other is a mistake
 * of ours, so the log has where it came from.
 */
export function reportOf(error: unknown): Sentence {
  if (error instanceof ForeseenError) return error.sentence;
  return quoted(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/** A message as a log has it, which is English where the sentence came from elsewhere. */
export function logged(message: Message): string {
  return typeof message === 'string' ? message : inEnglish(message);
}
