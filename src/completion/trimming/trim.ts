import type { ShapedContext } from '../syntax/completionMode.ts';
import { cursorLineOf, nextLineOf } from '../prompt/context.ts';
import { findEnd } from './findEnd.ts';
import { fitToRestOfLine, type FittedText } from './restOfLine.ts';

/** Something to offer. */
export type TrimmedText = { readonly kind: 'text' } & FittedText;

/** What is left of a written text: something to offer, or why there is nothing. */
export type Trimmed = TrimmedText | { readonly kind: 'nothing'; readonly reason: 'blank' | 'suffixRepeats' };

/**
 * Special tokens spelled out in plain characters, as small models sometimes do. What follows one is
 * never meant for the user.
 */
const spelledMark = /<\|\w+\|>|<(?:fim_(?:prefix|suffix|middle|pad)|file_sep|repo_name)>/;

/** What decoding gives for a character whose last bytes were never written. */
const brokenEnd = /\uFFFD+$/;

/**
 * A written text as it is offered at the cursor: it ends where `findEnd` says, without white space
 * at its end, and repeats nothing that stands behind the cursor.
 *
 * @param isCutOff whether the policy had more to write; the last line of a block is then given up.
 * @param sureChars how much of the text the policy is sure enough of to go on beyond the end of its shape.
 */
export function trimCompletion(
  written: string,
  context: ShapedContext,
  isCutOff: boolean,
  sureChars = 0,
): Trimmed {
  const text = withoutMarks(written);
  const end = findEnd(text, context, !isCutOff, sureChars);
  const kept = end === undefined ? lastWholeLine(text, context, isCutOff) : text.slice(0, end);
  if (kept.trim() === '')
    return { kind: 'nothing', reason: beginsWithNextLine(text, context) ? 'suffixRepeats' : 'blank' };
  return fitToSuffix(kept.trimEnd(), context);
}

/** A written text up to the first special token that is spelled out in it, or without its broken end. */
export function withoutMarks(text: string): string {
  const mark = spelledMark.exec(text);
  return mark === null ? text.replace(brokenEnd, '') : text.slice(0, mark.index);
}

/** A block without the line that the policy did not finish; a single line is kept as far as it goes. */
function lastWholeLine(text: string, { mode }: ShapedContext, isCutOff: boolean): string {
  const whole = text.slice(0, Math.max(0, text.lastIndexOf('\n')));
  return mode !== 'line' && isCutOff && whole.trim() !== '' ? whole : text;
}

function beginsWithNextLine(text: string, context: ShapedContext): boolean {
  const nextLine = nextLineOf(context);
  return nextLine !== '' && text.trimStart().split('\n')[0]!.trimEnd() === nextLine;
}

/** A text without white space at its end as it is offered in front of what stands behind the cursor. */
export function fitToSuffix(kept: string, context: ShapedContext): Trimmed {
  const { before, behind } = cursorLineOf(context);
  const { text, replacedChars } = fitToRestOfLine(kept, behind);
  const isNextLine = (before + kept).trim() === nextLineOf(context) && /\p{L}/u.test(kept);
  if (text.trim() === '' || isNextLine) return { kind: 'nothing', reason: 'suffixRepeats' };
  return { kind: 'text', text: text.trimEnd(), replacedChars };
}
