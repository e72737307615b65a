import type { Tokenizer } from '../../engine/tokenizer/tokenizer.ts';
import type { CompletionRequest } from '../completion.ts';
import { shapeContext, type ModeSyntax, type ShapedContext } from '../syntax/completionMode.ts';
import { cursorLineOf, isMidWord, normaliseText } from './context.ts';
import { findEnd } from '../trimming/findEnd.ts';
import type { HealedPrompt } from './healPrompt.ts';
import { buildChatPrompt, codeAtCursor, findAnswerEnd, withInstructionAbove } from './instruction.ts';
import { buildPrompt, relatedTokens } from './prompt.ts';
import { trimCompletion, type Trimmed } from '../trimming/trim.ts';

/** How a request is put to the policy, and how what it writes becomes what is offered. */
export interface WritingForm {
  readonly context: ShapedContext;
  readonly prompt: HealedPrompt;
  /** What the policy reads before the prompt. */
  readonly related: readonly number[];
  /** Where a text ends that the policy may still go on with, the surer the further; undefined while it may. */
  readonly findEnd: (text: string, isSure: boolean) => number | undefined;
  /** @param sureChars how much of the text the policy is sure enough of to go on beyond its shape. */
  readonly trim: (text: string, isCutOff: boolean, sureChars: number) => Trimmed;
}

/** What decides the form. */
export type FormRequest = Pick<
  CompletionRequest,
  'prefix' | 'suffix' | 'promptSuffix' | 'related' | 'languageId' | 'instruction' | 'maxPromptTokens'
>;

/**
 * The form of a request; undefined where a text would stand in the way.
 *
 * @param syntax says how far a completion goes; code for an instruction is as long as it is.
 */
export function formAt(
  request: FormRequest,
  tokenizer: Tokenizer,
  syntax?: ModeSyntax,
): WritingForm | undefined {
  const { instruction, languageId } = request;
  if (instruction === undefined) return completionForm(request, tokenizer, syntax);
  const asked = { instruction, languageId };
  const { chat } = tokenizer;
  if (chat === undefined) return completionForm(withInstructionAbove(request, asked), tokenizer);
  const context = shapeContext(request);
  return {
    context,
    related: [],
    prompt: buildChatPrompt(asked, context, { tokenizer, chat }, request.maxPromptTokens),
    findEnd: (text) => findAnswerEnd(text, context),
    trim: (text, isCutOff) => codeAtCursor(text, context, isCutOff),
  };
}

/** Where the line or statement of an offered text ends that may go on behind it, in UTF-16 code units. */
export function shapedChars(
  request: FormRequest,
  text: string,
  tokenizer: Tokenizer,
  syntax?: ModeSyntax,
): number {
  const shaped = formAt(request, tokenizer, syntax)?.trim(text, false, 0);
  return shaped?.kind === 'text' ? shaped.text.length : text.length;
}

function completionForm(
  request: FormRequest,
  tokenizer: Tokenizer,
  syntax?: ModeSyntax,
): WritingForm | undefined {
  const context = shapeContext(request, syntax);
  if (isMidWord(cursorLineOf(context))) return undefined;
  const { promptSuffix, related, maxPromptTokens } = request;
  const suffix = promptSuffix === undefined ? context.suffix : normaliseText(promptSuffix);
  return {
    context,
    related: relatedTokens(related, tokenizer),
    prompt: buildPrompt({ prefix: context.prefix, suffix }, tokenizer, maxPromptTokens),
    findEnd: (text, isSure) => findEnd(text, context, false, isSure ? text.length : 0),
    trim: (text, isCutOff, sureChars) => trimCompletion(text, context, isCutOff, sureChars),
  };
}
