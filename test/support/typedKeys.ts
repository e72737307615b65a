/** A document while somebody types into it: the text before the cursor, and behind it. */
export interface TypedState {
  readonly prefix: string;
  readonly suffix: string;
}

const closerOf: Readonly<Record<string, string>> = {
  '(': ')',
  '[': ']',
  '{': '}',
  '"': '"',
  "'": "'",
  '`': '`',
};

/**
 * The states of a document while a text is typed into it key by key, with an editor that closes
 * brackets and quotes, lets them be typed over, and indents new lines. Between braces Enter opens a
 * line; the brace below is reached by moving down.
 */
export function* typedStates(before: string, text: string, behind: string): Generator<TypedState> {
  let prefix = before;
  /** What the editor put behind the cursor. */
  let own = '';
  let at = 0;
  while (at < text.length) {
    const key = text[at]!;
    const step = lineEndAt(text, at) ?? key;
    if (own.startsWith(step)) own = own.slice(step.length);
    else if (key === '\n') own = openedLine(prefix, own) + own;
    else own = (isOpening(prefix, key) ? closerOf[key]! : '') + own;
    prefix += step;
    at += step.length;
    yield { prefix, suffix: own + behind };
  }
}

/** A line end with what the editor writes after it by itself: the indentation, and a closing brace it put there. */
function lineEndAt(text: string, at: number): string | undefined {
  return /^\n[^\S\n]*\}?/.exec(text.slice(at))?.[0];
}

/** What Enter puts behind the cursor: the closing brace goes to a line of its own. */
function openedLine(prefix: string, own: string): string {
  if (!prefix.endsWith('{') || !own.startsWith('}')) return '';
  const line = prefix.slice(prefix.lastIndexOf('\n') + 1);
  return `\n${/^[^\S\n]*/.exec(line)![0]}`;
}

/** A quote opens where no word stands before it and none is open on the line. */
function isOpening(prefix: string, key: string): boolean {
  const isQuote = key === '"' || key === "'" || key === '`';
  if (!isQuote) return key in closerOf;
  const line = prefix.slice(prefix.lastIndexOf('\n') + 1);
  return !/[\w"'`]$/.test(prefix) && line.split(key).length % 2 === 1;
}
