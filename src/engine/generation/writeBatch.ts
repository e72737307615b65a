import { RandomStream } from '../random.ts';
import type { CachedText } from './cachedText.ts';
import type { Continuation } from './continuation.ts';
import { chooseSampled, type Choice, type NextToken } from './sampling.ts';
import type { TextCache } from './textCache.ts';
import { greedyChoice, isCancelled, readPrompt, type Writing } from './writing.ts';

/** Writes several continuations as one batch behind one reading of the prompt, until each has ended. */
export async function writeBatch(
  text: CachedText,
  continuations: readonly Continuation[],
  writing: Writing,
): Promise<void> {
  const rest = await readPrompt(text, writing);
  if (rest === undefined) {
    endAll(continuations, 'cancelled');
    return;
  }
  const [first] = await text.append(rest, wantedOf(writing));
  const cache = text.repeated(continuations.length);
  try {
    await writeBehind(cache, first!, continuations, writing);
  } finally {
    cache.dispose();
  }
}

function wantedOf({ request: { temperature } }: Writing) {
  // What is sampled is learned from, by log-probabilities among all tokens.
  return { wantedRows: 1, temperature, needsLogits: true, onlyAscii: false };
}

async function writeBehind(
  cache: TextCache,
  first: NextToken,
  continuations: readonly Continuation[],
  writing: Writing,
): Promise<void> {
  const choose = chooser(continuations, writing);
  let next: readonly NextToken[] = continuations.map(() => first);
  for (let written = 1; ; written++) {
    if (await isCancelled(writing)) endAll(continuations, 'cancelled');
    const tokens = choose(next);
    if (written === writing.request.maxNewTokens) endAll(continuations, 'length');
    if (continuations.every(({ isFinished }) => isFinished)) return;
    next = await cache.run({ ...wantedOf(writing), tokens: tokens.map((token) => [token]) });
  }
}

function endAll(continuations: readonly Continuation[], finish: 'cancelled' | 'length'): void {
  continuations.forEach((continuation) => continuation.end(finish));
}

/** Chooses the next token of every text and gives them; a finished text is only kept company. */
function chooser(
  continuations: readonly Continuation[],
  writing: Writing,
): (next: readonly NextToken[]) => number[] {
  const { seed, temperature } = writing.request;
  const streams = continuations.map((_, i) => RandomStream.named(seed, `continuation ${i}`));
  const choose = (next: NextToken, untyped: Uint8Array, stream: RandomStream): Choice => {
    if (temperature === 0) return greedyChoice(writing, next, untyped);
    return chooseSampled(next, stream, allowedTokens(writing, untyped));
  };
  return (next) =>
    continuations.map((continuation, i) => {
      if (continuation.isFinished) return writing.tokenizer.endOfText;
      const choice = choose(next[i]!, continuation.untyped, streams[i]!);
      continuation.accept(choice);
      return choice.token;
    });
}

/** The tokens that may come next while the bytes have to be spelled; `undefined` for all. */
function allowedTokens({ prefixes }: Writing, untyped: Uint8Array): Uint32Array | undefined {
  return untyped.length === 0 ? undefined : prefixes.compatibleWith(untyped);
}
