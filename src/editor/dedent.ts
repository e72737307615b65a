/**
 * A completion without the indentation that all its lines share with the cursor's line, for places
 * that show it by itself. The first line begins at the cursor and has none.
 *
 * @param lineBefore the cursor's line up to the cursor.
 */
export function dedented(text: string, lineBefore: string): string {
  const indentation = indentationOf(lineBefore);
  const [first = '', ...others] = text.split('\n');
  const cut = others.map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line));
  return [first, ...cut].join('\n');
}

/**
 * A text that was written beside such completions, as it belongs behind the cursor: the inverse of `dedented`.
 * A text whose lines have the indentation already, as one copied from its document, stays as it is.
 */
export function indented(text: string, lineBefore: string): string {
  const indentation = indentationOf(lineBefore);
  const [first = '', ...others] = text.split('\n');
  const written = others.filter((line) => line.trim() !== '');
  const isIndented = written.every((line) => line.startsWith(indentation));
  const second = written[0]?.slice(indentation.length) ?? '';
  if (isIndented && !standsDeeper.test(`${lineBefore}${first}\n${second}`)) return text;
  return [first, ...others.map((line) => (line.trim() === '' ? line : indentation + line))].join('\n');
}

/** A line that would stand as deep as the one before, though that opens something or it goes on with it: it stood deeper. */
const standsDeeper = /[:([{,=][ \t]*\n\S|\n\./;

function indentationOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}
