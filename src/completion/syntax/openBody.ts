import type { Node } from '@vscode/tree-sitter-wasm';
import { goesOnBehind } from './openBodyByLines.ts';

/** Tokens that open a body or a list, in the languages with a grammar. */
const openers: ReadonlySet<string> = new Set(['{', '(', '[', ':', '=>', '->', 'do', 'then', 'else']);

const closers: ReadonlySet<string> = new Set(['}', ')', ']']);

/**
 * Whether what is written at a cursor comes first into its body, or between its brackets, and alone: the
 * last token before it opens them, comments and a doc string aside, and nothing stands in them behind it.
 * An empty document is such a body.
 *
 * @param root the tree of the whole text.
 * @param offset of the cursor, on a line with nothing on it.
 */
export function isAloneInBody(root: Node, text: string, offset: number): boolean {
  const token = tokenBefore(root, text, offset);
  if (token === 'none') return text.slice(offset).trim() === '';
  if (token === 'within' || !openers.has(token.type)) return false;
  const isBracket = token.type === '(' || token.type === '[';
  if (isBracket || isInTree(token)) return isEmptyBehind(token);
  return !goesOnBehind(text, offset);
}

/** The last token before an offset that is no comment and no doc string, if there is one; 'within' in one of these. */
function tokenBefore(root: Node, text: string, offset: number): Node | 'none' | 'within' {
  let end = offset;
  for (;;) {
    end = text.slice(0, end).trimEnd().length;
    const leaf = end === 0 ? null : root.descendantForIndex(end - 1, end);
    if (leaf === null) return 'none';
    const skipped = ancestors(leaf).find(isAside);
    if (skipped === undefined) return leaf;
    if (skipped.endIndex > offset) return 'within';
    end = skipped.startIndex;
  }
}

function ancestors(node: Node): Node[] {
  const nodes: Node[] = [];
  for (let next: Node | null = node; next !== null; next = next.parent) nodes.push(next);
  return nodes;
}

/** A comment, or a statement that is nothing but a string. */
function isAside(node: Node): boolean {
  if (node.type.includes('comment')) return true;
  return (
    node.type === 'expression_statement' && node.namedChildren.every((child) => child?.type === 'string')
  );
}

/** A brace of something that the parser could read to its end. */
function isInTree({ type, parent }: Node): boolean {
  return type === '{' && parent !== null && !parent.isError;
}

/** What an opening bracket is not closed by, in what the parser could not read, is not its own. */
function isEmptyBehind(opener: Node): boolean {
  if (opener.parent?.isError === true) return true;
  let next = opener.nextSibling;
  while (next !== null && next.type.includes('comment')) next = next.nextSibling;
  return next === null || closers.has(next.type);
}
