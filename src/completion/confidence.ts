import type { Calibration, WrittenTokens } from '../engine/policy.ts';
import type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';
import type { WrittenText } from './completion.ts';

/**
 * The least chance of being kept with which a text is offered unasked, by how often the user wants to
 * be offered something. Balanced: from there on showing is worth more than silence to somebody for whom a
 * refused character costs a third of what a kept one saves (`trainer/utility.ts`). Rarely: it is rather
 * kept than refused.
 */
export const minChances = { rarely: 1 / 2, balanced: 1 / 4, eagerly: 0 } as const;

/**
 * A first line is offered from this share of the least chance on. Chances are measured on the newest work, which is a
 * few documents and at times harder than what comes next. On stored answers of the development projects the least chance
 * itself gives up a tenth of what would be kept, half of it 2 % (`docs/learning.md`). Behind the first line nothing is let off: of the lines that
 * follow hardly any are kept.
 */
export const firstLineLeniency = 1 / 2;

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
export function chanceOf(logProb: number, { intercept, slope }: Calibration): number {
  return 1 / (1 + Math.exp(-(intercept + slope * logProb)));
}

/** What an offer has to be as sure of. */
export interface Sureness {
  readonly calibration: Calibration;
  /** 0 to 1. */
  readonly minChance: number;
}

/** The text as far as it is sure enough, in whole lines; '' where not even the first is. */
export function surePart(text: string, lines: readonly SureLine[], sureness: Sureness): string {
  const sure = lines.findLast(({ logProb }, index) => isSure(logProb, index, sureness));
  return sure === undefined ? '' : text.slice(0, sure.chars);
}

/**
 * Whether nothing behind a text under way can be sure enough any more, whatever is written: with each token it
 * grows less sure.
 */
export function isBeyondSure(
  text: string,
  { logProbs, freeFrom }: WrittenTokens,
  sureness: Sureness,
): boolean {
  const logProb = logProbs.slice(freeFrom).reduce((sum, each) => sum + each, 0);
  return !isSure(logProb, lineEnds(text).length - 1, sureness);
}

function isSure(logProb: number, lineIndex: number, { calibration, minChance }: Sureness): boolean {
  const least = lineIndex === 0 ? minChance * firstLineLeniency : minChance;
  return chanceOf(logProb, calibration) >= least;
}

/** Where the lines of a text that say something end, the text's own end last. */
function lineEnds(text: string): number[] {
  const ends = Array.from(text.matchAll(/(?<=\S[^\n]*)\n/g), ({ index }) => index);
  return [...ends, text.length];
}
