import { cursorLineOf, normaliseContext, type Context } from './context.ts';

/** Whether a completion goes to the end of the line, or over the lines of a block. */
export type CompletionMode = 'line' | 'block';

/** A normalised context and the shape a completion should have in it. */
export interface ShapedContext extends Context {
  readonly mode: CompletionMode;
}

/** The context as the rest of this room takes it. */
export function shapeContext(context: Context): ShapedContext {
  const normalised = normaliseContext(context);
  return { ...normalised, mode: completionModeAt(normalised) };
}

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
 * The shape a completion should have at a cursor, by the structure of the lines alone: a block on an
 * empty line and right behind what opens a block, when nothing else stands on the line; otherwise a
 * line. White space behind an opening means that the user goes on in the line.
 */
export function completionModeAt(context: Context): CompletionMode {
  const { before, behind } = cursorLineOf(context);
  if (behind.trim() !== '') return 'line';
  return before.trim() === '' || opensBlock(before) ? 'block' : 'line';
}
