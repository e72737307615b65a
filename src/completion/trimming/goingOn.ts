import type { Calibration, ChanceCurve, Generation, Policy } from '../../engine/policy.ts';
import type { Tokenizer } from '../../engine/tokenizer/tokenizer.ts';
import { chanceOf, logitOf, type OfferEnd } from './confidence.ts';

/*
 * How far a completion goes on with whole lines behind its line or statement: while the chance that all of it is right is
 * high enough. A policy writes the same whether silence was measured or not, so this is no matter of `minChance`.
 */

/**
 * The chance of a further line, by the probability of all up to its end, where it was never measured: even for those that are
 * believed in with 0.7, about as for the base model on the development projects (`docs/multiline.md`).
 */
export const furtherAsBelieved = evenAt(0.7);

/** The curve of a policy whose further lines are right every second time that they have this probability. */
export function evenAt(probability: number): ChanceCurve {
  const slope = 1.5;
  return { intercept: -slope * logitOf(Math.log(probability)), slope };
}

/** Further lines are offered from this chance on: whoever takes a line is offered the next one anyway. */
const leastFurtherChance = 1 / 2;

/** Whether further lines may be offered that end with this log-probability. */
function isSureOfFurther(logProb: number, calibration: Calibration | undefined): boolean {
  return chanceOf(logProb, calibration?.further ?? furtherAsBelieved) >= leastFurtherChance;
}

/** Whether the policy is sure enough of all it has written to go on. */
export function isSureToGoOn(
  logProbs: readonly number[],
  { calibration }: Pick<Policy, 'calibration'>,
): boolean {
  return isSureOfFurther(
    logProbs.reduce((sum, each) => sum + each, 0),
    calibration,
  );
}

/** What says how sure tokens are, and what they spell. */
export interface Sure extends Pick<Policy, 'calibration'> {
  readonly tokenizer: Pick<Tokenizer, 'bytesOf'>;
}

/**
 * How much of a text that the policy wrote greedily it is sure enough of to go on, in UTF-16 code units, half a
 * last line left out unless the text ends there.
 */
export function sureChars(
  { text, tokens, logProbs, finish }: Generation,
  typedText: string,
  { calibration, tokenizer }: Sure,
): number {
  let [bytes, logProb] = [-Buffer.byteLength(typedText), 0];
  for (const [index, token] of tokens.entries()) {
    logProb += logProbs[index]!;
    if (!isSureOfFurther(logProb, calibration)) break;
    bytes += tokenizer.bytesOf(token).length;
  }
  const sure = Buffer.from(text).subarray(0, Math.max(0, bytes)).toString().length;
  return finish === 'endOfText' ? sure : Math.min(sure, text.lastIndexOf('\n'));
}

/**
 * A text that goes on further than another policy would let it, up to the last line that may be offered.
 *
 * @param shapedChars where its line or statement ends.
 */
export function furtherPart(
  text: string,
  { ends, shapedChars }: { readonly ends: readonly OfferEnd[]; readonly shapedChars: number },
  calibration: Calibration | undefined,
): string {
  const further = ends.filter(({ chars }) => chars > shapedChars);
  const unsure = further.findIndex(({ logProb }) => !isSureOfFurther(logProb, calibration));
  const offered = unsure === -1 ? further : further.slice(0, unsure);
  return text.slice(0, offered.at(-1)?.chars ?? shapedChars);
}
