/** A text fitted to what stands behind the cursor on its line. */
export interface FittedText {
  readonly text: string;
  /** Characters behind the cursor that the text stands for. */
  readonly replacedChars: number;
}

const quotes: readonly string[] = ['"', "'", '`'];
const closingOf: Readonly<Record<string, string>> = {
  '(': ')',
  '[': ']',
  '{': '}',
  '"': '"',
  "'": "'",
  '`': '`',
};

/**
 * The text without what it repeats of the rest of the line, which holds only closing characters.
 *
 *   behind   written      fitted
 *   );       x);          x            the end of the text stands there already
 *   )        x, y);       x, y);  1    the `)` in the middle is the one that stands there: replaced
 *   )        f(x)         f(x)         its `)` closes its own `(`
 *
 * Characters of the rest are used up in their order, by those of the text that close nothing within
 * the text; so what is replaced is always contained in the text, as VS Code wants it.
 */
export function fitToRestOfLine(text: string, behind: string): FittedText {
  const replacedChars = standsFor(text, behind);
  const fitted = withoutEnd(text, behind.slice(0, replacedChars));
  return fitted === undefined ? { text, replacedChars } : { text: fitted, replacedChars: 0 };
}

/** The text without `end`, white space aside; `undefined` when it does not end so. */
function withoutEnd(text: string, end: string): string | undefined {
  let left = text;
  for (const char of Array.from(end.replace(/\s/g, '')).reverse()) {
    left = left.trimEnd();
    if (!left.endsWith(char)) return undefined;
    left = left.slice(0, -char.length);
  }
  return left;
}

/** How many characters of `behind` the text stands for. */
function standsFor(text: string, behind: string): number {
  const open: string[] = [];
  let used = 0;
  for (const char of text.slice(endOfString(text, behind))) {
    const next = used + /^\s*/.exec(behind.slice(used))![0].length;
    if (open.length === 0 && char === behind[next]) used = next + 1;
    else follow(open, char);
  }
  return used;
}

/** Where a text goes on in code: in front of a quote the cursor stands in a string, where no sign means anything. */
function endOfString(text: string, behind: string): number {
  const quote = behind.trimStart().charAt(0);
  if (!quotes.includes(quote)) return 0;
  const end = text.replaceAll(/\\./gs, '  ').indexOf(quote);
  return end === -1 ? text.length : end;
}

/** Keeps the stack of what is open after one more character. */
function follow(open: string[], char: string): void {
  const innermost = open.at(-1);
  if (innermost !== undefined && char === closingOf[innermost]) open.pop();
  else if (innermost === undefined || !quotes.includes(innermost)) {
    if (char in closingOf) open.push(char);
  }
}
