import type { Calibration } from '../engine/policy.ts';
import type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';
import type { WrittenText } from './completion.ts';

/**
 * The least chance of being kept with which a text is offered unasked, by how often the user wants to
 * be offered something. Balanced: from there on showing is worth more than silence to somebody for whom a
 * refused character costs a third of what a kept one saves (`trainer/utility.ts`). Rarely: it is rather
 * kept than refused.
 */
export const minChances = { rarely: 1 / 2, balanced: 1 / 4, eagerly: 0 } as const;

/** From log-probability to chance. */
export type ChanceCurve = Pick<Calibration, 'intercept' | 'slope'>;

/** The beginning of an offered text up to the end of one of its lines. */
export interface SureLine {
  /** UTF-16 code units of the text that it has. */
  readonly chars: number;
  /** Natural log-probability that the policy gave to writing it, at temperature 1. */
  readonly logProb: number;
}

/**
 * How sure the policy was of a text, line by line: the sum of the log-probabilities of the freely chosen
 * tokens that spell it up to there.
 *
 * @param written greedily. Its tokens spell `typedText` first and go on behind the text's end.
 */
export function sureLines(
  text: string,
  { typedText, completionTokens, behaviourLogProbs, freeFrom }: WrittenText,
  tokenizer: Tokenizer,
): SureLine[] {
  const ends = lineEnds(text).map((chars) => ({
    chars,
    bytes: Buffer.byteLength(typedText) + Buffer.byteLength(text.slice(0, chars)),
  }));
  let [bytes, logProb, token] = [0, 0, 0];
  return ends.map((end) => {
    for (; bytes < end.bytes && token < completionTokens.length; token++) {
      bytes += tokenizer.bytesOf(completionTokens[token]!).length;
      if (token >= freeFrom) logProb += behaviourLogProbs[token]!;
    }
    return { chars: end.chars, logProb };
  });
}

/** The chance that the user keeps a character of a text of that log-probability: sigmoid(intercept + slope logProb). */
export function chanceOf(logProb: number, { intercept, slope }: ChanceCurve): number {
  return 1 / (1 + Math.exp(-(intercept + slope * logProb)));
}

/**
 * The text as far as its chance is at least `minChance`, in whole lines; '' where not even the first is that sure. The
 * first line may be as much less sure as was learned; behind it nothing is let off, since of the lines that follow
 * hardly any are kept (`docs/learning.md`).
 */
export function surePart(
  text: string,
  lines: readonly SureLine[],
  { calibration, minChance }: { readonly calibration: Calibration; readonly minChance: number },
): string {
  const leastAt = (index: number): number => (index === 0 ? minChance * calibration.leniency : minChance);
  const sure = lines.findLast(({ logProb }, index) => chanceOf(logProb, calibration) >= leastAt(index));
  return sure === undefined ? '' : text.slice(0, sure.chars);
}

/** Where the lines of a text that say something end, the text's own end last. */
function lineEnds(text: string): number[] {
  const ends = Array.from(text.matchAll(/(?<=\S[^\n]*)\n/g), ({ index }) => index);
  return [...ends, text.length];
}
