/**
 * Whether what is written at a cursor comes first into its body, and alone, as far as the lines around it say: the
 * last line above with something on it opens a body, and none behind belongs to that by its indentation. An empty
 * document is such a body.
 *
 * @param offset of the cursor, on a line with nothing on it.
 * @param opensBody whether a line, without the white space at its end, opens a body.
 */
export function isAloneByLines(text: string, offset: number, opensBody: (line: string) => boolean): boolean {
  const above = text.slice(0, offset).trimEnd();
  if (above === '') return text.slice(offset).trim() === '';
  return opensBody(above.slice(above.lastIndexOf('\n') + 1)) && !goesOnBehind(text, offset);
}

/** Whether the next line with something on it belongs to the cursor's body by its indentation. */
export function goesOnBehind(text: string, offset: number): boolean {
  const next = /\n([^\S\n]*)(\S)/.exec(text.slice(offset));
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return next !== null && !')]}'.includes(next[2]!) && next[1]!.length >= line.length;
}

/**
 * What opens a body in Ruby: a word at the start of a statement or of what is assigned, where the line does not
 * end the body itself or is a method without one (`def one = 1`), or the start of a block at its end.
 */
const rubyOpening =
  /(?:^\s*|=\s*)(?:begin|case|class|def(?!\s+[\w.]+[?!]?(?:\(.*\))?\s+=\s)|else|elsif|ensure|for|if|in|module|rescue|unless|until|when|while)\b(?!.*\bend$)|(?:\bdo|\{)(?:\s*\|[^|]*\|)?$|\bthen$/;

/** Whether a line of Ruby opens a body. */
export function opensRubyBody(line: string): boolean {
  return rubyOpening.test(line);
}
