import { isDeepStrictEqual } from 'node:util';
import type { RepositoryTokens, Tokenizer } from '../../engine/tokenizer/tokenizer.ts';
import type { RelatedCode } from '../completion.ts';
import { coarseCut, sliceWhole, type Context } from './context.ts';
import { healPrompt, type HealedPrompt } from './healPrompt.ts';

/** Room for related code, beside what a prompt shows of its document. */
export const maxRelatedTokens = 512;

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

/**
 * What stands in front of a prompt whose model was trained on repositories: the related code that there is room for, the
 * most alike last, and the path of the document itself.
 *
 *   <repo_name> PROJECT <file_sep> PATH PIECE <file_sep> PATH PIECE <file_sep> PATH
 *
 * It comes first because it stays the longest, and what came of it last is kept for that. Nothing for other models, or where
 * there is nothing related.
 */
export function relatedTokens(related: RelatedCode | undefined, tokenizer: Tokenizer): readonly number[] {
  if (related === undefined || tokenizer.repository === undefined) return [];
  const last = lastEncoded.get(tokenizer);
  if (last !== undefined && isDeepStrictEqual(last.related, related)) return last.tokens;
  const tokens = encodeRelated(related, tokenizer, tokenizer.repository);
  lastEncoded.set(tokenizer, { related, tokens });
  return tokens;
}

/** It takes some milliseconds, and is the same at key after key. */
const lastEncoded = new WeakMap<
  Tokenizer,
  { readonly related: RelatedCode; readonly tokens: readonly number[] }
>();

function encodeRelated(related: RelatedCode, tokenizer: Tokenizer, marks: RepositoryTokens): number[] {
  const begin = [marks.name, ...tokenizer.encode(`${projectName}\n`)];
  const end = [marks.file, ...tokenizer.encode(`${related.path}\n`)];
  const pieces = fitting(related.pieces, maxRelatedTokens - begin.length - end.length, (piece) => [
    marks.file,
    ...tokenizer.encode(`${piece.path}\n${piece.text}\n`),
  ]);
  return pieces.length === 0 ? [] : [...begin, ...pieces.reverse().flat(), ...end];
}

/** What a project is called whose name nobody told. */
const projectName = 'project';

/** The first things that have room one beside the other, as tokens; those that are too long are left out. */
function fitting<T>(things: readonly T[], room: number, encode: (thing: T) => number[]): number[][] {
  let left = room;
  return things.map(encode).filter((tokens) => {
    const fits = tokens.length <= left;
    if (fits) left -= tokens.length;
    return fits;
  });
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
