import { setImmediate as nextTurn } from 'node:timers/promises';
import type { GenerateRequest } from '../policy.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { CachedText } from './cachedText.ts';
import type { EffortCount } from './effort.ts';
import { chooseLikeliest, type Choice, type NextToken } from './sampling.ts';
import type { TokenPrefixes } from './tokenPrefixes.ts';

/** What one request is answered with. */
export interface Writing {
  readonly request: GenerateRequest;
  readonly signal: AbortSignal;
  readonly tokenizer: Tokenizer;
  readonly prefixes: TokenPrefixes;
  readonly effort: EffortCount;
}

/** Prompt tokens per run: long enough for full speed of the matrix products, short enough to cancel soon. */
const promptChunk = 128;

/** What is wanted behind a part of a prompt: nothing, but for a row that a run always gives. */
const leastWanted = { wantedRows: 1, temperature: 0, needsLogits: false, onlyAscii: true } as const;

/** Whether the request was cancelled. Messages that say so arrive between two runs. */
export async function isCancelled({ signal }: Pick<Writing, 'signal'>): Promise<boolean> {
  await nextTurn();
  return signal.aborted;
}

/**
 * Brings the prompt into the text but for its last tokens, at most `promptChunk` and at least one:
 * they are left to the run that also tells what comes behind them. `undefined` when cancelled.
 */
export function readPrompt(
  text: CachedText,
  { request, signal }: Writing,
): Promise<readonly number[] | undefined> {
  return readTokens(text, request.promptTokens, { atMostLeft: promptChunk, signal });
}

/**
 * Brings the text, which begins as these tokens do, up to them but for the last `atMostLeft` or fewer.
 * Gives those; `undefined` when cancelled.
 */
export async function readTokens(
  text: CachedText,
  tokens: readonly number[],
  { atMostLeft, signal }: { readonly atMostLeft: number; readonly signal: AbortSignal },
): Promise<readonly number[] | undefined> {
  for (;;) {
    if (await isCancelled({ signal })) return undefined;
    const left = tokens.slice(text.tokens.length);
    if (left.length <= atMostLeft) return left;
    await text.append(left.slice(0, promptChunk), leastWanted);
  }
}

/** The likeliest token that goes on spelling the bytes; of all tokens when there are none. */
export function greedyChoice({ prefixes }: Writing, next: NextToken, untyped: Uint8Array): Choice {
  return untyped.length === 0 ? next.likeliest : chooseLikeliest(next, prefixes.compatibleWith(untyped));
}
