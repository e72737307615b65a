import type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';
import { coarseCut, sliceWhole, type Context } from './context.ts';
import { healPrompt, type HealedPrompt } from './healPrompt.ts';

/** At most this share of a prompt is text behind the cursor: what stands before it tells more. */
const suffixShare = 1 / 5;

/**
 * The front of a prompt is cut in steps of this share of its room, so that the prompt starts at the
 * same place for many keystrokes and the keys and values computed for it stay of use.
 */
const stepShare = 1 / 4;

/** No code has more characters a token than this over a whole prompt; longer texts are not tokenized. */
const maxCharsPerToken = 8;

/**
 * The prompt at a cursor, healed, of at most `maxPromptTokens` tokens.
 *
 *   with fill-in-the-middle marks   <fim_prefix> <fim_suffix> SUFFIX <fim_middle> PREFIX
 *   without                         <end of text> PREFIX
 *
 * The suffix comes first and the prefix last and open-ended: each keystroke then only appends. With
 * Qwen2.5-Coder that order is as good as the documented one. Without marks the end-of-text token
 * stands for what came before; it is also what an empty prefix is continued from.
 *
 * @param context normalised (see `normaliseContext`).
 */
export function buildPrompt(context: Context, tokenizer: Tokenizer, maxPromptTokens: number): HealedPrompt {
  const head = promptHead(context.suffix, tokenizer, maxPromptTokens);
  const room = maxPromptTokens - head.length;
  const start = coarseCut(context.prefix.length, room * maxCharsPerToken, room);
  const { promptTokens, typedText } = healPrompt(sliceWhole(context.prefix, start), tokenizer);
  return { promptTokens: [...head, ...cutFront(promptTokens, room, tokenizer)], typedText };
}

function promptHead(suffix: string, tokenizer: Tokenizer, maxPromptTokens: number): number[] {
  const { fim, endOfText } = tokenizer;
  if (fim === undefined) return [endOfText];
  const limit = Math.floor(maxPromptTokens * suffixShare);
  return [fim.prefix, fim.suffix, ...cutBack(suffix, limit, tokenizer), fim.middle];
}

/** The first tokens of a suffix, ending with a whole line where at least half of the room is used by it. */
function cutBack(suffix: string, limit: number, tokenizer: Tokenizer): number[] {
  const tokens = tokenizer.encode(suffix.slice(0, limit * maxCharsPerToken));
  if (tokens.length <= limit) return tokens;
  for (let end = limit; end > limit / 2; end--)
    if (isLineStart(tokens, end, tokenizer)) return tokens.slice(0, end);
  return tokens.slice(0, limit);
}

/** The last tokens of a prefix, starting with a whole line where one starts within the next step. */
function cutFront(tokens: readonly number[], limit: number, tokenizer: Tokenizer): readonly number[] {
  const step = Math.max(1, Math.floor(limit * stepShare));
  const cut = coarseCut(tokens.length, limit, step);
  if (cut === 0) return tokens;
  for (let start = cut; start < cut + step; start++)
    if (isLineStart(tokens, start, tokenizer)) return tokens.slice(start);
  return tokens.slice(cut);
}

const newline = 0x0a;

/** Whether a line ends right before the token, or with its first character. */
function isLineStart(tokens: readonly number[], index: number, tokenizer: Tokenizer): boolean {
  const isNewline = (byte: number | undefined): boolean => byte === newline;
  if (index >= tokens.length) return false;
  return (
    isNewline(tokenizer.bytesOf(tokens[index]!)[0]) || isNewline(tokenizer.bytesOf(tokens[index - 1]!).at(-1))
  );
}
