import type { PreferenceGroup } from '../data/examples.ts';
import { textSequence, type Tokenisation } from '../data/exampleTokens.ts';
import { judgeRewardModel, type JudgedPair, type RewardVerdict } from './rewardGate.ts';
import { scoreHeads, scoreLogProbs, type Scorer } from '../stages/scoring.ts';
import type { StageRuntime } from '../stages/stage.ts';
import { mean } from './statistics.ts';

/** What held-out preferences are judged with. */
export interface PreferenceJudge {
  readonly rewardModel: Scorer;
  /** The SFT policy, whose likelihood is the strongest of the trivial rivals. */
  readonly reference: Scorer;
  readonly tokenisation: Tokenisation;
}

/**
 * Whether the reward model orders held-out preferences better than its trivial rivals do; those it
 * was asked at while there was time, the newest first.
 *
 * @param groups in order of time.
 */
export async function judgePreferences(
  groups: readonly PreferenceGroup[],
  judge: PreferenceJudge,
  runtime: Pick<StageRuntime, 'sessions' | 'breathe' | 'secondsLeft'>,
): Promise<RewardVerdict> {
  const pairs: JudgedPair[] = [];
  for (const group of groups.toReversed()) {
    if (runtime.secondsLeft() <= 0) break;
    pairs.push(...(await judgeGroup(group, judge, runtime)));
  }
  return judgeRewardModel(pairs, groups.length);
}

async function judgeGroup(
  group: PreferenceGroup,
  { rewardModel, reference, tokenisation }: PreferenceJudge,
  { sessions, breathe }: Pick<StageRuntime, 'sessions' | 'breathe'>,
): Promise<JudgedPair[]> {
  const sequences = group.texts.map(({ text }) => textSequence(group, text, tokenisation));
  await breathe();
  const heads = await scoreHeads(sessions, rewardModel, sequences);
  await breathe();
  const logProbs = (await scoreLogProbs(sessions, reference, sequences, 1)).map(mean);
  return group.pairs.map(({ better, worse }) => ({
    promptKey: group.promptKey,
    ...headMargin(heads[better]!, heads[worse]!),
    chosenChars: group.texts[better]!.text.length,
    rejectedChars: group.texts[worse]!.text.length,
    chosenLogProb: logProbs[better]!,
    rejectedLogProb: logProbs[worse]!,
  }));
}

/** What the heads make of a pair: their mean margin, and whether all of them put the same side first. */
function headMargin(
  better: readonly number[],
  worse: readonly number[],
): Pick<JudgedPair, 'margin' | 'headsAgree'> {
  const margins = better.map((reward, head) => reward - worse[head]!);
  const headsAgree = margins.every((margin) => Math.sign(margin) === Math.sign(margins[0]!));
  return { margin: mean(margins), headsAgree };
}
