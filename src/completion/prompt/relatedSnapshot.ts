import type { RelatedCode } from '../completion.ts';
import type { AskedPlace } from '../typing/typingAlong.ts';

/** Related code, and where it was chosen. */
interface RelatedSnapshot {
  readonly related: RelatedCode;
  readonly offset: number;
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

/** Documents that somebody goes back and forth between; the one left alone longest is forgotten. */
const maxDocuments = 20;

/** The related code that is shown in the documents that one works in. */
export class RelatedSnapshots<Place extends SnapshotPlace> {
  readonly #choose: (place: Place) => RelatedCode | undefined;
  /** Least recently used first. */
  readonly #atHand = new Map<string, RelatedSnapshot>();

  /** @param choose gives what is related to a place; undefined while that is not known yet. */
  constructor(choose: (place: Place) => RelatedCode | undefined) {
    this.#choose = choose;
  }

  /** What to show at a place; what is chosen there for the first time stays for the places around it. */
  take(place: Place): RelatedCode | undefined {
    const atHand = this.#atHand.get(place.documentUri);
    const isNear = atHand !== undefined && Math.abs(place.offset - atHand.offset) <= reachOf(atHand);
    const related = isNear ? atHand.related : this.#choose(place);
    this.#atHand.delete(place.documentUri);
    // What is not known yet may be soon.
    if (related !== undefined)
      this.#atHand.set(place.documentUri, isNear ? atHand : { related, offset: place.offset });
    const [oldest] = this.#atHand.keys();
    if (this.#atHand.size > maxDocuments) this.#atHand.delete(oldest!);
    return related;
  }

  /** Forgets everything, so that nothing is shown that is not related code any more. */
  clear(): void {
    this.#atHand.clear();
  }
}

/** How far from where it was chosen related code stays, in characters. */
function reachOf({ related }: RelatedSnapshot): number {
  return related.pieces.length === 0 ? maxEmptyDistanceChars : maxDistanceChars;
}
