import type { Demonstration, ExamplePrompt } from '../data/examples.ts';
import { textSequence, type Tokenisation } from '../data/exampleTokens.ts';
import type { GraphSessions } from '../graphs/graphSessions.ts';
import { judgeOffered } from '../gate/heldOutEvaluation.ts';
import { cautiousReward } from './rewards.ts';
import type { RewardJudge } from './rewardModel.ts';
import { scoreHeads } from './scoring.ts';
import { utilityOf } from '../gate/utility.ts';

/** A prompt that rollouts may be written for. */
export interface RolloutPrompt extends ExamplePrompt {
  /** What the user wrote there. Absent where that is not known: the reward model alone judges then. */
  readonly writtenText?: string;
}

/** The prompts with what was written at each; of several texts the newest. */
export function withWrittenTexts(
  prompts: readonly ExamplePrompt[],
  demonstrations: readonly Demonstration[],
): RolloutPrompt[] {
  const written = new Map(demonstrations.map(({ promptKey, text }) => [promptKey, text]));
  return prompts.map((prompt) => {
    const writtenText = written.get(prompt.promptKey);
    return writtenText === undefined ? prompt : { ...prompt, writtenText };
  });
}

/** What rewards the texts of rollouts. */
export interface RewardSources {
  readonly sessions: GraphSessions;
  /** Absent when the reward model did not pass its test. */
  readonly judge: RewardJudge | undefined;
  /** What the reward model gives demonstrations; stands for it where it is absent. */
  readonly rewardBias: number;
  readonly tokenisation: Tokenisation;
}

/** The rewards of the texts that would be shown at a prompt: the reward model's, and what the user's own text says. */
export async function rewardTexts(
  prompt: RolloutPrompt,
  texts: readonly string[],
  { sessions, judge, rewardBias, tokenisation }: RewardSources,
): Promise<number[]> {
  const sequences = texts.map((text) => textSequence(prompt, text, tokenisation));
  const judged = judge === undefined ? undefined : await scoreHeads(sessions, judge, sequences);
  const known = (text: string): number =>
    prompt.writtenText === undefined ? 0 : scoreAgainstWritten(text, prompt.writtenText);
  return texts.map((text, i) => {
    const reward = judged === undefined ? rewardBias : cautiousReward(judged[i]!, judge!.doubt);
    return reward + known(text);
  });
}

/**
 * What the user's own text says about an offered one, on the scale of rewards, where what the user
 * wrote scores 0:
 *
 *   score = utility(kept, refused) / max(characters offered, characters written) - 1
 *
 * All of the text right: 0. Silence: -1. All of it wrong: -1 1/3. A short text that is right scores
 * between silence and the whole.
 */
export function scoreAgainstWritten(offered: string, written: string): number {
  const { keptChars, refusedChars } = judgeOffered(offered, written);
  return utilityOf(keptChars, refusedChars) / Math.max(offered.length, written.length, 1) - 1;
}
