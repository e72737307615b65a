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
 * One that has its indentation stays as it is: it closes what it opens as deep as the cursor's line stands, or it was
 * copied from code as deep.
 *
 * @param sources what it may have been copied from: documents, and completions behind the cursor's line.
 */
export function indented(text: string, lineBefore: string, sources: readonly string[]): string {
  const indentation = indentationOf(lineBefore);
  const [first = '', ...others] = text.split('\n');
  if (others.length === 0 || closesAt(indentation, others)) return text;
  // Without a first line the text may follow any line, unless what ends the cursor's line stands before it.
  const copied = first.trim() === '' ? lineBefore.trim().slice(-1) + text : text;
  if (sources.some((source) => standsAt(indentation, copied, source))) return text;
  return [first, ...others.map((line) => (line.trim() === '' ? line : indentation + line))].join('\n');
}

/** Whether the first of the least indented lines is as deep as an indentation and closes a bracket. */
function closesAt(indentation: string, lines: readonly string[]): boolean {
  const written = lines.filter((line) => line.trim() !== '');
  const least = Math.min(...written.map((line) => indentationOf(line).length));
  const shallowest = written.find((line) => indentationOf(line).length === least);
  return (
    shallowest !== undefined && indentationOf(shallowest) === indentation && /^\s*[)\]}]/.test(shallowest)
  );
}

/** Whether a text stands in a source where the line that it begins in has an indentation. */
function standsAt(indentation: string, text: string, source: string): boolean {
  const code = source.replaceAll('\r\n', '\n');
  for (let at = code.indexOf(text); at !== -1; at = code.indexOf(text, at + 1)) {
    const line = code.slice(code.slice(0, at).lastIndexOf('\n') + 1);
    if (indentationOf(line) === indentation) return true;
  }
  return false;
}

function indentationOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}
