/** What opens and closes a string that may go over lines, longest first. */
const longQuotes = ['"""', "'''", '`'] as const;

const shortQuotes = ['"', "'"];

/**
 * The offset of the line end behind the first statement of a text: the first line end at which every
 * bracket and every long string that the text opened is closed again; `undefined` before that. Blank
 * lines in front are passed over.
 *
 * It reads no language: a quote that is none in it (an apostrophe in a comment) ends with its line.
 */
export function statementEnd(text: string): number | undefined {
  let at = text.length - text.trimStart().length;
  for (let depth = 0; at < text.length;) {
    const longQuote = longQuotes.find((quote) => text.startsWith(quote, at));
    const character = text[at]!;
    if (character === '\n' && depth <= 0) return at;
    if (longQuote !== undefined) at = behindLongString(text, at, longQuote);
    else if (shortQuotes.includes(character)) at = behindShortString(text, at, character);
    else {
      depth += depthChange(character);
      at += 1;
    }
  }
  return undefined;
}

function behindLongString(text: string, start: number, quote: string): number {
  const end = text.indexOf(quote, start + quote.length);
  return end === -1 ? text.length : end + quote.length;
}

/** Behind the closing quote; where the line ends without one, behind the opening quote alone. */
function behindShortString(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at + 1;
  }
  return start + 1;
}

function depthChange(character: string): number {
  if ('([{'.includes(character)) return 1;
  return ')]}'.includes(character) ? -1 : 0;
}
