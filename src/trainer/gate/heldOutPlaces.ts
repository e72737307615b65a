import type { RelatedCode } from '../../completion/completion.ts';
import { maxBlockLines } from '../../completion/trimming/findEnd.ts';
import { naturalPauses } from '../../completion/asking/naturalPauses.ts';
import { RandomStream } from '../../engine/random.ts';
import type { Demonstration } from '../data/examples.ts';
import { groupedBy } from '../data/groups.ts';

/** A held-out demonstration, and how the document went on. */
export interface HeldOutPlace {
  readonly demonstration: Demonstration;
  /** What the user wrote from there on, as far as it is known: the demonstration's text, and the lines they wrote below it. */
  readonly written: string;
  /** What a prompt there shows of the project besides; absent: nothing. */
  readonly related?: RelatedCode | undefined;
}

/**
 * The places where the policies are asked, in order of time: as many in each document as it has demonstrations. Where
 * the policy was asked at work, there; of the lines that were typed without it, at pauses drawn by the
 * seed from all that their writer would have made in them. At the starts of lines alone it would be far
 * harder than what is asked of a policy at work, and a chance measured there too low.
 *
 * @param demonstrations in order of time.
 */
export function heldOutPlaces(demonstrations: readonly Demonstration[], seed: number): HeldOutPlace[] {
  const [typed, asked] = [true, false].map((isTyped) =>
    demonstrations.filter(({ source }) => (source === 'typed') === isTyped),
  );
  const random = RandomStream.named(seed, 'held-out places');
  const drawn = groupedBy(typed!, ({ documentUri }) => documentUri).flatMap((document) =>
    random.shuffled(document.flatMap(pausesIn)).slice(0, document.length),
  );
  return [...asked!, ...drawn]
    .sort((a, b) => a.atMs - b.atMs || a.offset - b.offset)
    .map((demonstration) => ({ demonstration, written: writtenFrom(demonstration, demonstrations) }));
}

/** A typed line from each of its natural pauses on; as it is where it has none. */
function pausesIn(demonstration: Demonstration): Demonstration[] {
  const { prefix, text, offset } = demonstration;
  const lineStart = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const [line] = text.split('\n', 1);
  const pauses = naturalPauses(lineStart + line!)
    .map((pause) => pause - lineStart.length)
    .filter((typed) => typed >= 0);
  if (pauses.length === 0) return [demonstration];
  return pauses.map((typed) => ({
    ...demonstration,
    prefix: prefix + text.slice(0, typed),
    text: text.slice(typed),
    offset: offset + typed,
  }));
}

/** Enough of what stands before a place to know it again in a later document. */
const tellingChars = 200;

/** A typed demonstration is one line; what the user wrote below it stands before the cursors of later ones. */
function writtenFrom(
  { documentUri, atMs, prefix, text }: Demonstration,
  all: readonly Demonstration[],
): string {
  const place = `${prefix.slice(-tellingChars)}${text}`;
  const later = all.filter((other) => other.documentUri === documentUri && other.atMs > atMs);
  const continuations = later.flatMap((other) => {
    const at = other.prefix.lastIndexOf(place);
    return at === -1 ? [] : [text + other.prefix.slice(at + place.length) + other.text];
  });
  return (continuations.at(-1) ?? text)
    .split('\n')
    .slice(0, Math.max(maxBlockLines, linesOf(text)))
    .join('\n');
}

function linesOf(text: string): number {
  return text.split('\n').length;
}
