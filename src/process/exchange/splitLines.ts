/**
 * The lines of a text that comes in pieces. Node's own reader of lines also ends one at U+2028 and U+2029,
 * which JSON has within its texts.
 *
 * @param signal looked at with each piece, however long a line is.
 */
export async function* splitLines(
  texts: AsyncIterable<string>,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  // Joined once it has ended: looked through anew with each piece, a line takes time quadratic in its length.
  let open: string[] = [];
  for await (const text of texts) {
    signal?.throwIfAborted();
    const lines = text.split('\n');
    const rest = lines.pop()!;
    for (const line of lines) {
      yield open.join('') + line;
      open = [];
    }
    open.push(rest);
  }
  yield open.join('');
}
