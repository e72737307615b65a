import type { CachedText } from './cachedText.ts';
import type { Continuation } from './continuation.ts';
import type { Drafter } from './drafter.ts';
import type { NextToken } from './sampling.ts';
import { greedyChoice, isCancelled, readPrompt, type Writing } from './writing.ts';

/**
 * Writes the likeliest continuation, several tokens a run where a draft foretells them: speculative
 * decoding by look-up, exact (Leviathan et al. 2022, arXiv:2211.17192, section 2, with temperature 0
 * and a draft model that costs nothing).
 *
 *   new tokens   t | d1 d2 d3      t was chosen by the run before, d1 to d3 are a draft
 *   likeliest    d1  d2 x  y       behind each of them: d1 and d2 hold, x replaces d3, y is void
 *
 * Every token is the likeliest one behind exactly the tokens before it, so the text is the same as
 * without drafts.
 */
export async function writeGreedily(
  text: CachedText,
  continuation: Continuation,
  drafter: Drafter,
  writing: Writing,
): Promise<void> {
  let fresh = await readPrompt(text, writing);
  while (fresh !== undefined) {
    const draft = proposeDraft([...text.tokens, ...fresh], continuation, drafter, writing);
    const next = await text.append([...fresh, ...draft], {
      wantedRows: draft.length + 1,
      temperature: 0,
      needsLogits: continuation.untyped.length > 0,
      onlyAscii: writing.request.onlyAscii ?? false,
    });
    const { agreed, token } = takeAgreeing(continuation, { draft, next, writing });
    text.truncate(text.tokens.length - draft.length + agreed);
    writing.effort.draftedTokens += draft.length;
    writing.effort.acceptedTokens += agreed;
    if (continuation.isFinished) return;
    fresh = (await isCancelled(writing)) ? undefined : [token];
  }
  continuation.end('cancelled');
}

/** A draft that leaves room for the token that the same run gives behind it. */
function proposeDraft(
  text: readonly number[],
  { untyped, tokenCount }: Continuation,
  drafter: Drafter,
  { request }: Writing,
): readonly number[] {
  return drafter.propose({ text, untyped, maxTokens: request.maxNewTokens - tokenCount - 1 });
}

/** One run: the draft that went into it, and what is likeliest behind each of its tokens and before them. */
interface Verification {
  readonly draft: readonly number[];
  readonly next: readonly NextToken[];
  readonly writing: Writing;
}

/** Takes the policy's tokens as long as they are the draft's, and the first that is not. */
function takeAgreeing(
  continuation: Continuation,
  { draft, next, writing }: Verification,
): { readonly agreed: number; readonly token: number } {
  for (let agreed = 0; ; agreed++) {
    const choice = greedyChoice(writing, next[agreed]!, continuation.untyped);
    continuation.accept(choice);
    if (continuation.tokenCount === writing.request.maxNewTokens) continuation.end('length');
    if (continuation.isFinished || choice.token !== draft[agreed]) return { agreed, token: choice.token };
  }
}
