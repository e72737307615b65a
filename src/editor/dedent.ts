/**
 * A completion without the indentation that all its lines share with the cursor's line, for places
 * that show it by itself. The first line begins at the cursor and has none.
 *
 * @param lineBefore the cursor's line up to the cursor.
 */
export function dedented(text: string, lineBefore: string): string {
  const [indentation = ''] = /^[ \t]*/.exec(lineBefore) ?? [];
  const [first = '', ...others] = text.split('\n');
  const cut = others.map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line));
  return [first, ...cut].join('\n');
}
