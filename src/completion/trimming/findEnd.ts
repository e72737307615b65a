import { opensBlock, type ShapedContext } from '../syntax/completionMode.ts';
import { cursorLineOf, nextLineOf } from '../prompt/context.ts';
import { findLoop } from './repetition.ts';
import { statementEnd } from '../syntax/statementEnd.ts';

/**
 * Where a completion ends. One walk over its lines serves both uses: the policy is stopped as soon
 * as an end is found, and the text is cut there.
 */

/** At most this many lines: a small policy is rarely right for longer, and every line costs about a dozen tokens. */
export const maxBlockLines = 10;

/**
 * The offset in `text` where the completion ends, or `undefined` when it may go on.
 *
 * A line ends at its line end, a statement where all is closed that it opened (`statementEnd`), or where a
 * block would end before that. A block ends
 * - before a line indented less than its first line, or no deeper than the line that opened it,
 * - behind the line that closes it, when that does not stand behind the cursor already,
 * - before a blank line, once a statement of its outermost level stands before it,
 * - before the line that follows the cursor in the document,
 * - behind the first of three equal lines, and after `maxBlockLines` lines.
 * All end where they begin to repeat themselves without end. With nothing behind it on its line, a line or a statement goes
 * on with whole lines that the policy is sure of (`sureChars` in `confidence.ts`), though not with the line that follows the cursor in
 * the document, with a third of equal lines, or with more than `maxBlockLines`.
 *
 * @param isWhole false while the policy may write more: the last line is then not judged as a whole.
 * @param sureChars how much of the text the policy is sure enough of to go on; all of it while that may grow.
 */
export function findEnd(
  text: string,
  context: ShapedContext,
  isWhole: boolean,
  sureChars = 0,
): number | undefined {
  const end = shapedEnd(text, context, isWhole);
  const isSure = end !== undefined && end < sureChars && mayGoOn(text.slice(0, end), context);
  return (isSure ? furtherEnd({ text, end, isWhole, sureChars }, context) : end) ?? findLoop(text);
}

function shapedEnd(text: string, context: ShapedContext, isWhole: boolean): number | undefined {
  if (context.mode === 'line') return lineEnd(text);
  const end = blockEnd(text, context, isWhole);
  const ownEnd = context.mode === 'statement' ? statementEnd(text) : undefined;
  return end === undefined || ownEnd === undefined ? (end ?? ownEnd) : Math.min(end, ownEnd);
}

function lineEnd(text: string): number | undefined {
  const end = text.indexOf('\n');
  return end === -1 ? undefined : end;
}

/** Whether more lines may follow a text that has the shape it should have. */
function mayGoOn(text: string, context: ShapedContext): boolean {
  return context.mode !== 'block' && text.trim() !== '' && cursorLineOf(context).behind.trim() === '';
}

/** A text whose shape ends at `end`. */
interface Ended {
  readonly text: string;
  readonly end: number;
  readonly isWhole: boolean;
  readonly sureChars: number;
}

/** Behind the last whole line of those that follow the end and are surely written; `undefined` while one may be to come. */
function furtherEnd({ text, end, isWhole, sureChars }: Ended, context: ShapedContext): number | undefined {
  const lines = linesOf(text, cursorLineOf(context).before, isWhole);
  const nextLine = nextLineOf(context);
  let furtherEnd = end;
  for (const [index, line] of lines.entries()) {
    if (line.start <= end) continue;
    const isOver = index >= maxBlockLines || isThirdCopy(lines.slice(0, index), line);
    if (isOver || line.end > sureChars || (line.isWhole && isNextLine(line, nextLine))) return furtherEnd;
    if (!line.isWhole) return undefined;
    if (line.line.trim() !== '') furtherEnd = line.end;
  }
  return furtherEnd;
}

/** What is known about a block before its first line is written. */
interface Block {
  /** Indentation of the line that opens it; `undefined` when the cursor stands on an empty line. */
  readonly openerIndent: number | undefined;
  /** Indentation of the cursor when it stands on an empty line. */
  readonly cursorIndent: number;
  /** The first line behind the cursor's that is not blank, trimmed. */
  readonly nextLine: string;
}

/** One line of a block. */
interface Line {
  /** The whole line, what stands before the cursor on it included. */
  readonly line: string;
  /** Offset in the text where the line starts, and where its line end is. */
  readonly start: number;
  readonly end: number;
  /** Its end is known. */
  readonly isWhole: boolean;
}

function blockEnd(text: string, context: ShapedContext, isWhole: boolean): number | undefined {
  const { before } = cursorLineOf(context);
  const block: Block = {
    openerIndent: before.trim() === '' ? undefined : indentOf(before),
    cursorIndent: indentOf(before),
    nextLine: nextLineOf(context),
  };
  const lines = linesOf(text, before, isWhole);
  const body = block.openerIndent === undefined ? lines : lines.slice(1);
  for (let i = 0; i < body.length; i++) {
    const end = endAt(body.slice(0, i), body[i]!, block);
    if (end !== undefined) return end;
  }
  return undefined;
}

/** Where the block ends if this line ends it, given the lines of its body above. */
function endAt(above: readonly Line[], line: Line, block: Block): number | undefined {
  const before = Math.max(0, line.start - 1);
  if (above.length >= maxBlockLines) return before;
  if (line.line.trim() === '') return line.isWhole && endsAtBlank(above) ? before : undefined;
  if (closesBlock(line, block)) return endBehindCloser(line, block);
  if (isOutside(above, line, block) || repeatsNextLine(line, block)) return before;
  return isThirdCopy(above, line) ? firstCopy(above, line).end : undefined;
}

/** A blank line ends a block below a finished statement; a second one in front of the body ends it empty. */
function endsAtBlank(above: readonly Line[]): boolean {
  const body = above.filter(({ line }) => line.trim() !== '');
  if (body.length === 0) return above.length > 0;
  return indentOf(body.at(-1)!.line) <= indentOf(body[0]!.line);
}

/** A line that closes what the cursor's line opened. */
function closesBlock({ line }: Line, { openerIndent }: Block): boolean {
  return (
    openerIndent !== undefined &&
    indentOf(line) === openerIndent &&
    /^\s*(?:[)\]}]|end\b|done\b|fi\b)/.test(line)
  );
}

/** `}` ends the block behind itself, `} else {` lets it go on, and what stands behind the cursor already is left out. */
function endBehindCloser(line: Line, { nextLine }: Block): number | undefined {
  if (nextLine !== '' && nextLine === line.line.trim()) return Math.max(0, line.start - 1);
  return line.isWhole && !opensBlock(line.line) ? line.end : undefined;
}

function isOutside(above: readonly Line[], { line }: Line, { openerIndent, cursorIndent }: Block): boolean {
  const indent = indentOf(line);
  const first = above.find((other) => other.line.trim() !== '');
  const isBelowFirst = first !== undefined && indent < indentOf(first.line);
  return openerIndent === undefined ? isBelowFirst || indent < cursorIndent : indent <= openerIndent;
}

/** Lines without a letter, such as `}`, are no repetition: they close something of their own. */
function repeatsNextLine(line: Line, { nextLine }: Block): boolean {
  return line.isWhole && isNextLine(line, nextLine) && /\p{L}/u.test(nextLine);
}

function isNextLine({ line }: Line, nextLine: string): boolean {
  return nextLine !== '' && line.trim() === nextLine;
}

function isThirdCopy(above: readonly Line[], line: Line): boolean {
  const isCopy = (other: Line | undefined): boolean => other?.line.trim() === line.line.trim();
  return line.isWhole && /\p{L}/u.test(line.line) && isCopy(above.at(-1)) && isCopy(above.at(-2));
}

function firstCopy(above: readonly Line[], line: Line): Line {
  return above.at(above.findLastIndex((other) => other.line.trim() !== line.line.trim()) + 1)!;
}

function linesOf(text: string, before: string, isWhole: boolean): Line[] {
  let start = 0;
  return text.split('\n').map((part, index, parts) => {
    const line: Line = {
      line: index === 0 ? before + part : part,
      start,
      end: start + part.length,
      isWhole: isWhole || index + 1 < parts.length,
    };
    start += part.length + 1;
    return line;
  });
}

/** Columns of a line's indentation, a tab counted as four; what matters is which line has more. */
function indentOf(line: string): number {
  const indentation = /^\s*/.exec(line)![0];
  return indentation.replaceAll('\t', '    ').length;
}
