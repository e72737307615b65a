/** How a text is read line by line. */
export interface SplitOptions {
  /** Looked at with each piece, however long a line is. Absent: never. */
  readonly signal?: AbortSignal | undefined;
  /** Characters of the longest line that is kept. */
  readonly maxChars: number;
}

/**
 * The lines of a text that comes in pieces, `undefined` for one that is too long. Node's own reader of lines also
 * ends one at U+2028 and U+2029, which JSON has within its texts.
 */
export async function* splitLines(
  texts: AsyncIterable<string>,
  { signal, maxChars }: SplitOptions,
): AsyncGenerator<string | undefined> {
  // Joined once it has ended: looked through anew with each piece, a line takes time quadratic in its length.
  let open: string[] = [];
  let openChars = 0;
  const add = (piece: string): void => {
    openChars += piece.length;
    if (openChars <= maxChars) open.push(piece);
    else open = [];
  };
  const take = (): string | undefined => {
    const line = openChars > maxChars ? undefined : open.join('');
    open = [];
    openChars = 0;
    return line;
  };
  for await (const text of texts) {
    signal?.throwIfAborted();
    const lines = text.split('\n');
    const rest = lines.pop()!;
    for (const line of lines) {
      add(line);
      yield take();
    }
    add(rest);
  }
  yield take();
}
