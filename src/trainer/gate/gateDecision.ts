import { RandomStream } from '../../engine/random.ts';
import { comparedSentence, silenceAloneSentence } from './comparedSentence.ts';
import { groupsOfWork, minGroups, promptsPerStretch, type PlaceOfWork } from './groupsOfWork.ts';
import type { Verdict } from '../adapters/manifest.ts';
import { bootstrapMeanInterval, mean } from './statistics.ts';
import { utilityOf } from './utility.ts';

/** What one policy offered at one held-out prompt, judged by what the user wrote there; silence is 0 and 0. */
export interface ServedOutcome {
  /** UTF-16 code units of it that the user's own text has too. */
  readonly keptChars: number;
  /** UTF-16 code units of it that the user would have had to refuse. */
  readonly refusedChars: number;
}

/** Both policies at the same held-out prompt. */
export interface PairedOutcome {
  readonly documentUri: string;
  /** When the prompt was asked, in milliseconds since the epoch. */
  readonly atMs: number;
  /** The policy that serves now. */
  readonly before: ServedOutcome;
  /** The policy that asks to be promoted. */
  readonly after: ServedOutcome;
}

/** Fewest prompts that may promote: `minGroups` stretches, the smallest set the interval was checked on. */
export const minPrompts = minGroups * promptsPerStretch;

/**
 * How many of some places, from the first on, have to be asked at before a verdict may promote: as many as make
 * groups enough. Where all of them would not, no more than `minPrompts`.
 */
export function fewestThatDecide(places: readonly PlaceOfWork[]): number {
  for (let count = minPrompts; count <= places.length; count++)
    if (groupsOfWork(places.slice(0, count)).length >= minGroups) return count;
  return minPrompts;
}

/** Enough that both ends of a 95 % interval rest on 50 resampled means each. */
const resamples = 2000;

/**
 * Whether the new policy serves from now on: only when its gain on the held-out prompts lies above
 * 0 with its whole 95 % interval. The gain is the mean difference of `utilityOf` per prompt.
 *
 * @param seed of the bootstrap; the same outcomes and seed give the same verdict.
 */
export function decidePromotion(outcomes: readonly PairedOutcome[], seed: number): Verdict {
  const groups = groupsOfWork(outcomes);
  if (outcomes.length < minPrompts) return tooFewPrompts(outcomes.length);
  if (groups.length < minGroups) return tooFewGroups(outcomes.length, groups.length);
  const comparison = compare(outcomes, groups, seed);
  const promoted = comparison.low > 0;
  return { promoted, reason: comparedSentence(promoted, comparison), comparison };
}

/**
 * Of two policies that are both surely better than what serves, new weights are taken that are worth less by no more than
 * this share of the kept characters. Some 120 held-out prompts cannot tell two such policies apart, and of later work new
 * weights kept 4 % more on six projects together (docs/learning.md).
 */
const smallLoss = 1 / 20;

/** Whether the later policy is another one on the held-out prompts, and worth as much as the earlier one, or next to it. */
export function isWorthTaking(outcomes: readonly PairedOutcome[]): boolean {
  const gains = outcomes.map(gainOf);
  const kept = mean(outcomes.map(({ before }) => before.keptChars));
  return gains.some((gain) => gain !== 0) && mean(gains) >= -smallLoss * kept;
}

/** The verdict on weights that stay as they were and only learn when to be silent. */
export function withSilenceAlone(verdict: Verdict): Verdict {
  return { ...verdict, isSilenceAlone: true, reason: `${verdict.reason} ${silenceAloneSentence()}` };
}

type Comparison = NonNullable<Verdict['comparison']>;

function compare(
  outcomes: readonly PairedOutcome[],
  groups: readonly (readonly PairedOutcome[])[],
  seed: number,
): Comparison {
  const gains = groups.map((group) => group.map(gainOf));
  const random = RandomStream.named(seed, 'gate/bootstrap');
  return {
    promptCount: outcomes.length,
    groupCount: groups.length,
    utilityBefore: mean(outcomes.map(({ before }) => worthOf(before))),
    utilityAfter: mean(outcomes.map(({ after }) => worthOf(after))),
    gain: mean(gains.flat()),
    ...bootstrapMeanInterval(gains, { resamples, random }),
  };
}

function tooFewPrompts(promptCount: number): Verdict {
  return {
    promoted: false,
    reason:
      `Not promoted: ${promptCount} held-out prompts are too few to tell the two policies apart ` +
      `(at least ${minPrompts} from ${minGroups} stretches of work are needed). Keep working and retrain later.`,
  };
}

function tooFewGroups(promptCount: number, groupCount: number): Verdict {
  return {
    promoted: false,
    reason:
      `Not promoted: the ${promptCount} held-out prompts come from ${groupCount} stretches of work, too few to tell the ` +
      `two policies apart (at least ${minGroups} are needed). Keep working and retrain later.`,
  };
}

function gainOf({ before, after }: PairedOutcome): number {
  return worthOf(after) - worthOf(before);
}

function worthOf({ keptChars, refusedChars }: ServedOutcome): number {
  return utilityOf(keptChars, refusedChars);
}
