import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import type { TokenSequence } from '../../src/trainer/graphs/sequenceBatch.ts';
import { scoreLogProbs } from '../../src/trainer/stages/scoring.ts';
import { endsLine, sequencesOf, type Reading, type Stretch, type StretchReach } from './everyPause.ts';
import type { BaseScorer } from './scoreBase.ts';

/*
 * How far sampling at temperature 1 would come in rests of lines, in the mean: the sum over tokens of their bytes times the
 * probability that all up to them are right. It says less about what is served, which is the likeliest text, and moves far less from
 * place to place: a token that becomes a little likelier counts a little.
 */

/** How far sampling is expected to be right in a stretch (`right`), and what its tokens cost. */
export interface ExpectedReach extends StretchReach {
  /** Sum of negative log-probabilities, natural. */
  readonly nats: number;
  readonly tokens: number;
}

/** @param shownFirst tokens that stand in front of all prompts of the stretch. */
export async function expectInStretch(
  { documentUri, places }: Stretch,
  shownFirst: readonly number[],
  { tokenisation }: Pick<Reading, 'tokenisation'>,
  { sessions, ...scorer }: BaseScorer,
): Promise<ExpectedReach> {
  const sequences = sequencesOf({ documentUri, places }, tokenisation).map((sequence) => ({
    ...sequence,
    promptTokens: [...shownFirst, ...sequence.promptTokens],
  }));
  const logProbs = await scoreLogProbs(sessions, scorer, sequences, 1);
  return expectedIn(documentUri, sequences, logProbs, tokenisation.tokenizer);
}

/** @param logProbs of each sequence's free tokens. */
export function expectedIn(
  documentUri: string,
  sequences: readonly TokenSequence[],
  logProbs: readonly Float32Array[],
  tokenizer: Pick<Tokenizer, 'bytesOf'>,
): ExpectedReach {
  const sum = { places: sequences.length, bytes: 0, right: 0, nats: 0, tokens: 0 };
  for (const [index, { completionTokens, freeFrom }] of sequences.entries()) {
    let probability = 1;
    for (const [i, token] of completionTokens.slice(freeFrom).entries()) {
      const spelled = tokenizer.bytesOf(token);
      if (endsLine(spelled)) break;
      const logProb = logProbs[index]![i]!;
      probability *= Math.exp(logProb);
      sum.bytes += spelled.length;
      sum.right += spelled.length * probability;
      sum.nats -= logProb;
      sum.tokens += 1;
    }
  }
  return { documentUri, ...sum };
}

/** The mean negative log-probability of a token over some stretches, in nats. */
export function tokenLossOf(reaches: readonly ExpectedReach[]): number {
  const sum = (key: 'nats' | 'tokens'): number => reaches.reduce((total, reach) => total + reach[key], 0);
  return sum('nats') / sum('tokens');
}
