import type { Completion } from '../../completion/completion.ts';
import type { RankingRecord } from '../../feedback/completionRecord.ts';
import { acceptedPart, type AcceptedPart } from '../../trainer/data/acceptedPart.ts';
import { utilityOf } from '../../trainer/gate/utility.ts';

/** A ranking's opinion: what the user says about the alternatives, without where and when. */
export type Opinion = Pick<RankingRecord, 'alternatives' | 'noneIsGood' | 'ownText'>;

/**
 * What somebody who is about to write `written` says about alternatives: ranked by what showing each
 * would have been worth (equal worth is a tie), none of them good when none is worth more than
 * silence, and what they would have written on this line themselves.
 */
export function rankByTruth(alternatives: readonly Completion[], written: string): Opinion {
  const worth = alternatives.map(({ text }) => worthOf(text, written));
  const order = [...new Set(worth)].sort((a, b) => b - a);
  return {
    alternatives: alternatives.map(({ text, written: tokens }, i) => ({
      text,
      written: tokens,
      rank: order.indexOf(worth[i]!) + 1,
    })),
    noneIsGood: worth.every((value) => value <= 0),
    ownText: written.slice(0, lineEnd(written)).trimEnd(),
  };
}

/** A word with the white space before it, a run of signs, or white space at the very end: what one accept by word takes. */
const wordStep = /\s*(?:[\p{L}\p{N}_$]+|[^\p{L}\p{N}_$\s]+)|\s+$/gu;

/** The pieces of an accepted text, one for each time the user presses the key. */
export function acceptSteps(kind: Exclude<AcceptedPart['kind'], 'nothing'>, taken: string): string[] {
  switch (kind) {
    case 'all':
      return [taken];
    case 'lines':
      return taken.split(/(?<=\n)/);
    case 'words':
      return taken.match(wordStep) ?? [];
  }
}

/** Behind the first line end; the whole length where there is none. */
export function lineEnd(text: string): number {
  const end = text.indexOf('\n');
  return end === -1 ? text.length : end + 1;
}

function worthOf(offered: string, written: string): number {
  const { acceptedChars } = acceptedPart(offered, written);
  return utilityOf(acceptedChars, offered.length - acceptedChars);
}
