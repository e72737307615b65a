import type { ChanceCurve, Policy, WrittenTokens } from '../../engine/policy.ts';
import type { Tokenizer } from '../../engine/tokenizer/tokenizer.ts';
import type { CompletionRequest, WrittenText } from '../completion.ts';
import { isInsideWord } from '../words.ts';

/**
 * The least chance of being kept with which a character is offered unasked, by how often the user wants to
 * be offered something. Balanced: from there on showing is worth more than silence to somebody for whom a
 * refused character costs a third of what a kept one saves (`trainer/gate/utility.ts`). Rarely: it is rather
 * kept than refused.
 */
export const minChances = { rarely: 1 / 2, balanced: 1 / 4, eagerly: 0 } as const;

/**
 * A first line is offered from this share of the least chance on: what is not offered there is typed by hand, every
 * character of it, while nobody misses the lines behind it, of which hardly any are kept. At this share the development
 * projects give up 4 % of the kept characters (`docs/learning.md`).
 */
export const firstLineLeniency = 1 / 2;

/**
 * What an offer costs however right it is, in kept characters: the key that takes it, and half of one for the look at it.
 * So a bracket alone is not offered.
 */
const offerCost = 1.5;

/** Where an offered text may end: behind a word of its first line, or at the end of a line. */
export interface OfferEnd {
  /** UTF-16 code units of the text in front of it. */
  readonly chars: number;
  /** Natural log-probability that the policy gave to writing them, at temperature 1. */
  readonly logProb: number;
}

/**
 * How sure the policy was of a text, up to each of its possible ends: the sum of the log-probabilities of the tokens
 * that spell it. A healed prompt often ends before a word that the policy writes in one token with the typed
 * character before it (`.name`), so what it was held to counts as well, as likely as it was among the tokens that
 * spell what was typed.
 *
 * @param written greedily. Its tokens spell `typedText` first and go on behind the text's end.
 */
export function offerEnds(
  text: string,
  { typedText, completionTokens, behaviourLogProbs }: WrittenText,
  tokenizer: Tokenizer,
): OfferEnd[] {
  const typedBytes = Buffer.byteLength(typedText);
  let [bytes, logProb, token] = [0, 0, 0];
  return possibleEnds(text).map((chars) => {
    const end = typedBytes + Buffer.byteLength(text.slice(0, chars));
    for (; bytes < end && token < completionTokens.length; token++) {
      bytes += tokenizer.bytesOf(completionTokens[token]!).length;
      logProb += behaviourLogProbs[token]!;
    }
    return { chars, logProb };
  });
}

/** Nothing is surer than this: a curve over the logit could not be fitted to certainty. */
const surest = -1e-3;

/**
 * The chance that the user keeps a character of a text that had the log-probability up to there: a sigmoid of
 * intercept + slope logit(probability). With 0 and 1 the policy is as often right as it believes.
 */
export function chanceOf(logProb: number, { intercept, slope }: ChanceCurve): number {
  return 1 / (1 + Math.exp(-(intercept + slope * logitOf(logProb))));
}

/** log(p / (1 - p)) of a probability's natural logarithm. */
export function logitOf(logProb: number): number {
  const bounded = Math.min(logProb, surest);
  return bounded - Math.log(-Math.expm1(bounded));
}

/** A policy that is as often right as it believes: what is thought of one whose chances were never measured. */
export const asBelieved: ChanceCurve = { intercept: 0, slope: 1 };

/** What an offer has to be as sure of. */
export interface Sureness {
  readonly calibration: ChanceCurve;
  /** Above 0, to 1. */
  readonly minChance: number;
}

/**
 * How sure an offer has to be; undefined where whatever is written is offered: where no chance is asked for, and where
 * none was measured, unless more is asked for than balanced. Who wants to be offered little does so from the first day on.
 */
export function surenessOf(
  { minChance = 0 }: Pick<CompletionRequest, 'minChance'>,
  { calibration: measured }: Pick<Policy, 'calibration'>,
): Sureness | undefined {
  const calibration = measured ?? (minChance > minChances.balanced ? asBelieved : undefined);
  return calibration === undefined || minChance === 0 ? undefined : { calibration, minChance };
}

/** The text as far as it is sure enough; '' where that is not worth showing. */
export function surePart(text: string, ends: readonly OfferEnd[], sureness: Sureness): string {
  const firstLine = firstLineEnd(text);
  let [chars, worth] = [0, 0];
  for (const end of ends) {
    const least = leastChance(end.chars <= firstLine, sureness);
    const chance = chanceOf(end.logProb, sureness.calibration);
    if (chance < least) break;
    worth += (end.chars - chars) * (chance - (1 - chance) * (least / (1 - least)));
    chars = end.chars;
  }
  return worth < offerCost ? '' : text.slice(0, chars);
}

/**
 * Whether nothing behind a text under way can be sure enough any more, whatever is written: with each token it
 * grows less sure.
 */
export function isBeyondSure(text: string, { logProbs }: WrittenTokens, sureness: Sureness): boolean {
  const logProb = logProbs.reduce((sum, each) => sum + each, 0);
  const least = leastChance(firstLineEnd(text) === text.length, sureness);
  return chanceOf(logProb, sureness.calibration) < least;
}

function leastChance(isFirstLine: boolean, { minChance }: Sureness): number {
  return isFirstLine ? minChance * firstLineLeniency : minChance;
}

/** Behind the words of the first line, each sign being one, and at the ends of the lines, the text's own end last. */
function possibleEnds(text: string): number[] {
  const lines = lineEnds(text);
  const words = Array.from({ length: lines[0]! }, (_, index) => index).filter(
    (at) => /\S/.test(text.charAt(at - 1)) && !isInsideWord(text, at),
  );
  return [...words, ...lines];
}

function firstLineEnd(text: string): number {
  return lineEnds(text)[0]!;
}

/** Where the lines of a text that say something end, the text's own end last. */
function lineEnds(text: string): number[] {
  const ends = Array.from(text.matchAll(/(?<=\S[^\n]*)\n/g), ({ index }) => index);
  return [...ends, text.length];
}
