import { cursorLineOf, normaliseContext, type Context } from '../prompt/context.ts';
import type { Syntax } from './syntax.ts';

/**
 * Whether a completion goes to the end of the line, to the line end at which all is closed that it opened, or over
 * the lines of a block.
 */
export type CompletionMode = 'line' | 'statement' | 'block';

/** A normalised context and the shape a completion should have in it. */
export interface ShapedContext extends Context {
  readonly mode: CompletionMode;
}

/** The context as the rest of this room takes it. */
export function shapeContext(context: Context, syntax?: ModeSyntax): ShapedContext {
  const normalised = normaliseContext(context);
  return { ...normalised, mode: completionModeAt(normalised, syntax) };
}

/** As much of a language's syntax as decides the shape. */
export type ModeSyntax = Pick<Syntax, 'isAloneAt'>;

/**
 * What opens a block at the end of a line, in any language: a brace, a colon behind a keyword that
 * starts a statement (a colon alone may stand in a type or a key), or a word that says so.
 */
const blockOpening =
  /(?:\{|^\s*(?:async\s+)?(?:case|class|def|default|elif|else|except|finally|for|if|match|try|while|with)\b.*:|\b(?:begin|do|else|then))$/;

/** Whether a line's end opens a block. */
export function opensBlock(line: string): boolean {
  return blockOpening.test(line);
}

/**
 * The shape a completion should have at a cursor. Right behind what opens a block, when nothing else stands
 * on the line: a block. White space behind an opening means that the user goes on in the line. On an empty
 * line by the syntax of the language: a block where it comes first and alone into a body or between
 * brackets, otherwise one statement, because a small policy is hardly ever right about the next one
 * (`docs/multiline.md`). Where no syntax is asked, as for what is learned from, a block.
 */
export function completionModeAt(context: Context, syntax?: ModeSyntax): CompletionMode {
  const { before, behind } = cursorLineOf(context);
  if (behind.trim() !== '') return 'line';
  if (before.trim() !== '') return opensBlock(before) ? 'block' : 'line';
  const { prefix, suffix } = context;
  return syntax?.isAloneAt(prefix + suffix, prefix.length) === false ? 'statement' : 'block';
}
