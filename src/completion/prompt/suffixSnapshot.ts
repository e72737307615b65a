import { RecentMap } from '../recentMap.ts';
import { maxSuffixChars } from './context.ts';
import type { AskedPlace } from '../typing/typingAlong.ts';

/*
 * The suffix stands at the front of a prompt, so each change of it costs the whole prompt. Most
 * changes say little: while one types in one place, the editor puts `)` or `}` behind the cursor and
 * lets it be typed over. So the policy is shown the suffix of a moment ago, and what it writes is
 * fitted to the suffix of now.
 */

/** The suffix that a prompt shows, and where it was last that of the document. */
export interface SuffixSnapshot {
  readonly suffix: string;
  readonly offset: number;
}

/**
 * How stale a snapshot may be: it may lack so many closing characters that stand right behind the
 * cursor now, with the white space around them. It never has any that do not stand there: those
 * would tell the policy of something open that is not.
 */
const maxMissingClosers = 8;
const maxMissingChars = 256;

/**
 * A stale snapshot serves within this distance of where it was true. The start of the prompt moves
 * about as often, and then a fresh suffix costs nothing.
 */
const maxDistanceChars = 512;

/** So long a suffix is one that was cut: VS Code cuts in front of a line end of two characters, not within it. */
const minCutChars = maxSuffixChars - 1;

/** What editors put behind the cursor by themselves. */
const closers = /^[\s)\]}>"'`]*/;

/** Documents that somebody goes back and forth between; the one left alone longest is forgotten. */
export const maxDocuments = 20;

/** The snapshots of the documents that one works in. */
export class SuffixSnapshots {
  readonly #atHand = new RecentMap<string, SuffixSnapshot>(maxDocuments);

  /** The suffix to show at a place where the policy is asked now. */
  take(place: SnapshotPlace): string {
    const snapshot = snapshotAt(place, this.#atHand.get(place.documentUri));
    this.#atHand.set(place.documentUri, snapshot);
    return snapshot.suffix;
  }

  /** The suffix that would be shown at a place where nobody is yet. */
  peek(place: SnapshotPlace): string {
    return snapshotAt(place, this.#atHand.get(place.documentUri)).suffix;
  }
}

type SnapshotPlace = Pick<AskedPlace, 'documentUri' | 'suffix' | 'offset'>;

/** The snapshot to show at a place: the one at hand while it may stay, otherwise that of now. */
export function snapshotAt(
  { suffix, offset }: SuffixSnapshot,
  atHand: SuffixSnapshot | undefined,
): SuffixSnapshot {
  const now = { suffix, offset };
  if (atHand === undefined) return now;
  const missing = missingIn(atHand.suffix, suffix);
  if (missing === 0) return { ...atHand, offset };
  const isNear = Math.abs(offset - atHand.offset) <= maxDistanceChars;
  return missing !== undefined && isNear ? atHand : now;
}

/** How many characters stand behind the cursor before the snapshot begins; `undefined` when it does not fit. */
function missingIn(snapshot: string, suffix: string): number | undefined {
  const lead = closers.exec(suffix)![0].slice(0, maxMissingChars);
  for (let missing = 0; missing <= lead.length; missing++) {
    if (lead.slice(0, missing).replace(/\s/g, '').length > maxMissingClosers) return undefined;
    if (isSameText(suffix.slice(missing), snapshot, suffix.length >= minCutChars)) return missing;
  }
  return undefined;
}

/** Whether a text is the snapshot, which reaches at least as far where both are cut at their end. */
function isSameText(text: string, snapshot: string, isCut: boolean): boolean {
  return isCut ? snapshot.startsWith(text) : text === snapshot;
}
