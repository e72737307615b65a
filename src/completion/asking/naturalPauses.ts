/**
 * Behind these a writer stops to think: opening brackets, dots, an assignment or another sign
 * with a space on both sides, a comma or colon with its space, a word that starts a statement.
 */
const pauseBehind =
  /[([{]+|\.+|(?<=\s)[-+*/%<>=!&|?:]{1,3}\s|[,:;]\s|\b(?:await|case|const|def|else|extends|for|from|if|import|in|let|new|of|return|throw|while|yield)\s/g;

/**
 * The offsets in a line where somebody writing it by hand would pause, in order: behind the
 * indentation, and behind what calls for a decision. At each of them something is left to write.
 */
export function naturalPauses(line: string): number[] {
  const written = line.trimEnd();
  const indentation = written.length - written.trimStart().length;
  const pauses = Array.from(written.matchAll(pauseBehind), ({ index, 0: found }) => index + found.length);
  return [...new Set([indentation, ...pauses])].filter((offset) => offset < written.length);
}
