import { inEnglish, quoted, type Sentence, type SentenceValue } from './sentence.ts';

/** What a failure is about, for code that has to know. */
export type ErrorDetails = Readonly<Record<string, SentenceValue>>;

/**
 * A failure that a subsystem of ours foresees: its reason is for code, its sentence says to the user what
 * happened and what can be done; `message` is that sentence in English.
 */
export abstract class ForeseenError<Reason extends string = string> extends Error {
  readonly reason: Reason;
  readonly sentence: Sentence;
  readonly details: ErrorDetails;

  constructor(reason: Reason, sentence: Sentence, details: ErrorDetails = {}, cause?: unknown) {
    super(inEnglish(sentence), { cause });
    this.reason = reason;
    this.sentence = sentence;
    this.details = details;
  }

  /** Whether an error is one of the class that is asked, for that reason if one is named. */
  static is<E extends ForeseenError>(
    this: abstract new (...given: never[]) => E,
    error: unknown,
    reason?: E['reason'],
  ): error is E {
    return error instanceof this && (reason === undefined || error.reason === reason);
  }
}

/** What an error says: a sentence of ours, or the words of whoever else threw it. */
export function sentenceOf(error: unknown): Sentence {
  if (error instanceof ForeseenError) return error.sentence;
  return quoted(messageOf(error));
}

/** The same for a log: in English, as far as it is ours. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
