import type { CompletionRequest } from '../../src/completion/completion.ts';
import { shapeContext } from '../../src/completion/syntax/completionMode.ts';
import { contextAround, type Context } from '../../src/completion/prompt/context.ts';
import { buildPrompt } from '../../src/completion/prompt/prompt.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import type { TypedFile } from './stretches.ts';

/** A request whose prompt is as long as prompts become. */
export type LongRequest = Omit<CompletionRequest, 'id'>;

/** What counts as a prompt of 512 tokens: as close below as some place in a file comes. */
const wantedTokens = { atLeast: 500, atMost: 512 };

/** So far apart that no prompt begins as another does, and every one is read from its first token. */
const apartChars = 700;

/**
 * Places in the files where the prompt has 500 to 512 tokens, at the ends of words; the rest of the
 * line is left out, as while it is being typed.
 */
export function longRequests(
  files: readonly TypedFile[],
  tokenizer: Tokenizer,
  count: number,
): LongRequest[] {
  const perFile = files.map((file) => longRequestsIn(file, tokenizer, count));
  const turns = Array.from({ length: count }, (_, turn) =>
    perFile.flatMap((requests) => requests[turn] ?? []),
  );
  return turns.flat().slice(0, count);
}

function longRequestsIn({ text, languageId }: TypedFile, tokenizer: Tokenizer, count: number): LongRequest[] {
  const found: LongRequest[] = [];
  let from = wantedTokens.atLeast;
  for (const { index, 0: word } of text.matchAll(/\w+/g)) {
    if (found.length === count) break;
    const offset = index + word.length;
    if (offset < from) continue;
    const lineEnd = text.indexOf('\n', offset);
    const context = contextAround(text.slice(0, offset) + text.slice(lineEnd), offset);
    if (!isLong(context, tokenizer)) continue;
    found.push({ ...context, languageId, ...alone });
    from = offset + apartChars;
  }
  return found;
}

const alone = {
  ...({ trigger: 'automatic', count: 1, temperature: 0, seed: 0 } as const),
  ...{ maxPromptTokens: wantedTokens.atMost, maxNewTokens: 1 },
};

function isLong(context: Context, tokenizer: Tokenizer): boolean {
  const { length } = promptTokensOf({ ...context, maxPromptTokens: wantedTokens.atMost }, tokenizer);
  return length >= wantedTokens.atLeast && length <= wantedTokens.atMost;
}

/** The whole prompt of a request, the half-typed word that a policy is held to included. */
export function promptTokensOf(
  request: Context & Pick<CompletionRequest, 'maxPromptTokens'>,
  tokenizer: Tokenizer,
): number[] {
  const prompt = buildPrompt(shapeContext(request), tokenizer, request.maxPromptTokens);
  return [...prompt.promptTokens, ...tokenizer.encode(prompt.typedText)];
}
