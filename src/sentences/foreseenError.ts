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
}

/** What an error says: a sentence of ours, or the words of whoever else threw it. */
export function sentenceOf(error: unknown): Sentence {
  if (error instanceof ForeseenError) return error.sentence;
  return quoted(error instanceof Error ? error.message : String(error));
}
