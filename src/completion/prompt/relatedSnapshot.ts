import { isDeepStrictEqual } from 'node:util';
import { RecentMap } from '../recentMap.ts';
import type { RelatedCode } from '../completion.ts';
import type { AskedPlace } from '../typing/typingAlong.ts';
import type { CodeFile } from './relatedCode.ts';
import { maxDocuments } from './suffixSnapshot.ts';

/** Related code, and where it was chosen. */
interface RelatedSnapshot {
  readonly related: RelatedCode;
  readonly offset: number;
  /** Paths of files that have another text since. */
  readonly changed: Set<string>;
}

type SnapshotPlace = Pick<AskedPlace, 'documentUri' | 'offset'>;

/**
 * Related code stands in front of a prompt, so another choice costs reading all of it. Within this distance of where it
 * was chosen it stays: some 40 lines, in which the start of the prompt moves as well.
 */
const maxDistanceChars = 1536;

/**
 * Where nothing was related, the next word may be a name that something is; a look at every key would take a millisecond of
 * each in a large project.
 */
const maxEmptyDistanceChars = 8;

/** So many pieces have room in a prompt, as a rule: the most alike of those that were chosen. */
const shownPieces = 4;

/** The related code that is shown in the documents that one works in. */
export class RelatedSnapshots<Place extends SnapshotPlace> {
  readonly #choose: (place: Place) => RelatedCode | undefined;
  readonly #atHand = new RecentMap<string, RelatedSnapshot>(maxDocuments);

  /** @param choose gives what is related to a place; undefined while that is not known yet. */
  constructor(choose: (place: Place) => RelatedCode | undefined) {
    this.#choose = choose;
  }

  /** What to show at a place; what is chosen there for the first time stays for the places around it. */
  take(place: Place): RelatedCode | undefined {
    const snapshot = this.#keptAt(place) ?? this.#newAt(place);
    // What is not known yet may be soon.
    if (snapshot === undefined) this.#atHand.delete(place.documentUri);
    else this.#atHand.set(place.documentUri, snapshot);
    return snapshot?.related;
  }

  /** A file has another text: what other documents show is looked at again, and chosen anew where that matters to it. */
  noteChanged({ documentUri, path }: Pick<CodeFile, 'documentUri' | 'path'>): void {
    for (const [shownIn, { changed }] of this.#atHand) if (shownIn !== documentUri) changed.add(path);
  }

  /** Forgets everything, so that nothing is shown that is not related code any more. */
  clear(): void {
    this.#atHand.clear();
  }

  /** What was chosen nearby; chosen anew where a file that changed since gives or gave something to it. */
  #keptAt(place: Place): RelatedSnapshot | undefined {
    const atHand = this.#atHand.get(place.documentUri);
    if (atHand === undefined || Math.abs(place.offset - atHand.offset) > reachOf(atHand)) return undefined;
    if (atHand.changed.size === 0) return atHand;
    const now = this.#newAt(place);
    return now !== undefined && isAlike(atHand, now) ? { ...atHand, changed: new Set() } : now;
  }

  #newAt(place: Place): RelatedSnapshot | undefined {
    const related = this.#choose(place);
    return related && { related, offset: place.offset, changed: new Set() };
  }
}

/** Whether the files that changed give a choice what they gave before. */
function isAlike({ related, changed }: RelatedSnapshot, now: Pick<RelatedSnapshot, 'related'>): boolean {
  const given = ({ pieces }: RelatedCode) =>
    new Set(pieces.slice(0, shownPieces).filter(({ path }) => changed.has(path)));
  return isDeepStrictEqual(given(related), given(now.related));
}

/** How far from where it was chosen related code stays, in characters. */
function reachOf({ related }: RelatedSnapshot): number {
  return related.pieces.length === 0 ? maxEmptyDistanceChars : maxDistanceChars;
}
