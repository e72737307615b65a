import { isInsideWord } from '../../completion/words.ts';
import { commonLength } from '../../engine/commonLength.ts';

/** How much of an offered text a developer takes who knows what they are going to write. */
export interface AcceptedPart {
  readonly kind: 'all' | 'lines' | 'words' | 'nothing';
  /** UTF-16 code units taken, from the start of the offered text. */
  readonly acceptedChars: number;
}

/** Taking fewer characters by word than this costs more keys than typing them. */
const minWordChars = 3;

/**
 * What a developer takes of `offered` who then writes `written`: all of it where it is what they
 * write next; otherwise its first whole lines; otherwise its first words; never a character that
 * they would have to delete again.
 */
export function acceptedPart(offered: string, written: string): AcceptedPart {
  if (offered !== '' && written.startsWith(offered)) return { kind: 'all', acceptedChars: offered.length };
  const shared = commonChars(offered, written);
  const lines = offered.slice(0, shared).lastIndexOf('\n') + 1;
  if (lines > 0) return { kind: 'lines', acceptedChars: lines };
  const words = wordEnd(offered, written, shared);
  return words < minWordChars
    ? { kind: 'nothing', acceptedChars: 0 }
    : { kind: 'words', acceptedChars: words };
}

/** How many characters two texts begin alike with; half of a surrogate pair is none. */
function commonChars(a: string, b: string): number {
  const length = commonLength(a, b);
  const isHalf = length > 0 && /[\uD800-\uDBFF]/.test(a.charAt(length - 1));
  return isHalf ? length - 1 : length;
}

/** The last place within the first `shared` characters where neither text is inside a word. */
function wordEnd(offered: string, written: string, shared: number): number {
  let end = shared;
  while (end > 0 && (isInsideWord(offered, end) || isInsideWord(written, end))) end--;
  return end;
}
