import type { CompletionRequest } from '../../src/completion/completion.ts';

/** What a policy was given: the request, and the same as tokens, those of half-typed words included. */
export interface AskedPrompt {
  readonly request: CompletionRequest;
  readonly tokens: readonly number[];
}

/** One answer, as far as it is measured. */
export interface Timed {
  readonly ms: number;
  /** Tokens written, those that spell what was typed already included. */
  readonly tokenCount: number;
}

/** Whether a text being written has what is put on the screen first: a line with something on it, whole. */
export function hasFirstLine(text: string): boolean {
  return text.trimStart().includes('\n');
}
