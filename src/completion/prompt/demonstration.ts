import type { Tokenizer } from '../../engine/tokenizer/tokenizer.ts';
import { buildChatPrompt, codeAtCursor, withInstructionAbove } from './instruction.ts';
import { shapeContext, type ShapedContext } from '../syntax/completionMode.ts';
import { cursorLineOf, normaliseText } from './context.ts';
import { tailOf, type HealedPrompt } from './healPrompt.ts';
import { buildPrompt } from './prompt.ts';
import { trimCompletion } from '../trimming/trim.ts';

/** A text the user wrote, as tokens that a policy would have had to write. */
export interface Demonstration {
  readonly promptTokens: number[];
  /**
   * They spell the prompt's `typedText` and the user's text, and end it: with the line end where nothing stands
   * behind it on its line, else (and where there is no text) with the end-of-text token. A policy writes a line end
   * by itself, often in one token with the character before it, such as `)\n`; to write `)` and the end of the text in
   * its place would be all that its first steps teach. Nor does the end of the text follow a line end: prompts
   * end with one, and the policy would learn to be silent there.
   */
  readonly completionTokens: number[];
  /**
   * Index of the first token that spells more than `typedText`: what stands before it was given.
   * A token across the cursor counts, unlike in a `Generation`: nobody restricted the user's choice,
   * and it carries the user's next characters.
   */
  readonly freeFrom: number;
  /** The user's text as far as a completion at this place would go; '' where it would be silent. */
  readonly text: string;
}

/**
 * What an ideal policy would have written at a cursor, under the prompt format, the shape and the
 * trimming that completions are served with.
 *
 * @param written of its text, more than one completion would offer is cut off.
 */
export function demonstrationAt(
  written: WrittenAtCursor,
  tokenizer: Tokenizer,
  maxPromptTokens: number,
): Demonstration {
  const { instruction, languageId = 'plaintext' } = written;
  const asked = instruction === undefined ? undefined : { instruction, languageId };
  const { chat } = tokenizer;
  const isTurn = asked !== undefined && chat !== undefined;
  const context = shapeContext(
    asked === undefined || isTurn ? written : withInstructionAbove(written, asked),
  );
  const whole = normaliseText(written.text);
  const trimmed = isTurn ? codeAtCursor(whole, context, false) : trimCompletion(whole, context, false);
  const text = trimmed.kind === 'text' ? trimmed.text : '';
  const ended = isTurn ? text : withLineEnd(text, context);
  const prompt = isTurn
    ? buildChatPrompt(asked, context, { tokenizer, chat }, maxPromptTokens)
    : buildPrompt(context, tokenizer, maxPromptTokens);
  const spelling = continueTokens(context.prefix, prompt, ended, tokenizer);
  return {
    promptTokens: prompt.promptTokens,
    completionTokens: ended === text ? [...spelling, tokenizer.endOfText] : spelling,
    freeFrom: countWithin(spelling, Buffer.byteLength(prompt.typedText), tokenizer),
    text,
  };
}

/**
 * What an ideal policy would have written at a cursor as a text: with its line end where nothing stands
 * behind it on its line, else an end of the text follows; '' is silence. Asked in words is for `demonstrationAt`.
 */
export function textToWrite({ prefix, suffix, text }: Omit<WrittenAtCursor, 'instruction'>): string {
  const context = shapeContext({ prefix, suffix });
  const trimmed = trimCompletion(normaliseText(text), context, false);
  return trimmed.kind === 'text' ? withLineEnd(trimmed.text, context) : '';
}

function withLineEnd(text: string, context: ShapedContext): string {
  return text !== '' && cursorLineOf(context).behind.trim() === '' ? `${text}\n` : text;
}

/** A text the user wrote, and where; with what was asked for where it answers an instruction. */
export interface WrittenAtCursor {
  readonly instruction?: string | undefined;
  readonly languageId?: string | undefined;
  readonly prefix: string;
  readonly suffix: string;
  readonly text: string;
}

/**
 * The tokens of the typed text and what follows it, cut as the whole line is cut. Where that has no
 * boundary at the prompt's end, they are cut on their own: the bytes are always exact.
 */
function continueTokens(
  prefix: string,
  { typedText }: HealedPrompt,
  text: string,
  tokenizer: Tokenizer,
): number[] {
  const tail = tailOf(prefix);
  const keptBytes = Buffer.byteLength(tail) - Buffer.byteLength(typedText);
  const tokens = tokenizer.encode(tail + text);
  const kept = countWithin(tokens, keptBytes, tokenizer);
  const isBoundary = byteCount(tokens.slice(0, kept), tokenizer) === keptBytes;
  return isBoundary ? tokens.slice(kept) : tokenizer.encode(typedText + text);
}

/** How many of the tokens end within the first `bytes` bytes. */
export function countWithin(tokens: readonly number[], bytes: number, tokenizer: Tokenizer): number {
  let end = 0;
  const beyond = tokens.findIndex((token) => (end += tokenizer.bytesOf(token).length) > bytes);
  return beyond === -1 ? tokens.length : beyond;
}

function byteCount(tokens: readonly number[], tokenizer: Tokenizer): number {
  return tokens.reduce((sum, token) => sum + tokenizer.bytesOf(token).length, 0);
}
