import * as l10n from '@vscode/l10n';
import type { StageReport } from '../trainer/adapters/manifest.ts';
import { retold } from './storedSentences.ts';
import type { CurveUnit } from './units.ts';

/** One curve of a stage. */
export interface Curve {
  readonly title: string;
  /** What it shows and which way is good; '' where the title is all there is to say. */
  readonly meaning: string;
  /** One number a step, or an iteration of PPO. */
  readonly values: readonly number[];
}

/** What one stage did, as a reader wants it. */
export interface StagePart {
  readonly name: StageReport['name'];
  readonly title: string;
  /** What a point of its curves stands for. */
  readonly unit: CurveUnit;
  readonly steps: number;
  readonly seconds: number;
  /** Sentences on how it ended, or why it never began. */
  readonly notes: readonly string[];
  /** Those that tell whether it learned. */
  readonly curves: readonly Curve[];
  /** Those for whoever tunes hyperparameters. */
  readonly technicalCurves: readonly Curve[];
  /** Final numbers that no curve shows. */
  readonly metrics: readonly { readonly title: string; readonly value: number }[];
}

const titles: Readonly<Record<StageReport['name'], string>> = {
  sft: l10n.t('Supervised fine-tuning: learning from what you wrote'),
  reward: l10n.t('Reward model: learning what you prefer'),
  ppo: l10n.t('PPO: practising against what you prefer'),
  dpo: l10n.t('DPO: learning what you prefer'),
  kto: l10n.t('KTO: learning what you keep'),
};

type CurveText = Pick<Curve, 'title' | 'meaning'>;

/** The curves that tell whether a stage learned, by the names that it notes them under. */
const tellingCurves: Readonly<Record<StageReport['name'], Readonly<Record<string, CurveText>>>> = {
  sft: {
    loss: {
      title: l10n.t('Loss'),
      meaning: l10n.t('Surprise at the tokens you wrote, nats a token. Lower is better.'),
    },
  },
  reward: {
    loss: {
      title: l10n.t('Loss'),
      meaning: l10n.t('Of the pairwise comparison, nats a pair. Lower is better; a coin has 0.69.'),
    },
    accuracy: {
      title: l10n.t('Pairs ordered rightly'),
      meaning: l10n.t('Share of the batch, which it trains on. A coin has 0.5.'),
    },
  },
  ppo: {
    score: {
      title: l10n.t('Reward'),
      meaning: l10n.t('Mean of the rollouts. What you wrote yourself scores 0.'),
    },
    klPerCompletion: {
      title: l10n.t('KL'),
      meaning: l10n.t('Distance from the SFT policy, nats a completion, estimated on the rollouts.'),
    },
    entropyPerToken: {
      title: l10n.t('Entropy, estimated'),
      meaning: l10n.t('Mean surprise of the tokens it sampled itself, nats a token.'),
    },
    completionTokens: { title: l10n.t('Length'), meaning: l10n.t('Mean of the rollouts, in tokens.') },
    policyLoss: { title: l10n.t('Policy loss'), meaning: l10n.t('Clipped surrogate; it need not fall.') },
    valueLoss: { title: l10n.t('Value loss'), meaning: l10n.t('Of the critic. Lower is better.') },
  },
  dpo: {
    loss: {
      title: l10n.t('Loss'),
      meaning: l10n.t('Of the pairs, nats a pair. It begins at 0.69; lower is better.'),
    },
    accuracy: {
      title: l10n.t('Pairs ordered rightly'),
      meaning: l10n.t('Share of the batch in which the better text gained more than the worse one.'),
    },
  },
  kto: {
    loss: {
      title: l10n.t('Loss'),
      meaning: l10n.t('Of texts that were kept or refused. It begins at 0.5; lower is better.'),
    },
    accuracy: {
      title: l10n.t('Pairs ordered rightly'),
      meaning: l10n.t('Share of the batch in which the better text gained more than the worse one.'),
    },
  },
};

/** Titles of what is kept by a name that no reader knows. */
const metricTitles: Readonly<Record<string, string>> = {
  firstLoss: l10n.t('First loss'),
  lastLoss: l10n.t('Loss in the end, mean of 5 steps'),
  bestStep: l10n.t('Best step, the one that counts'),
  validationLoss: l10n.t('Loss there on work that was not learned from'),
  heldOutPrompts: l10n.t('Held-out prompts with preferences'),
  heldOutAccuracy: l10n.t('Ordered rightly there'),
  heldOutAccuracyLow: l10n.t('… at least, with 95 % confidence'),
  heldOutAccuracyHigh: l10n.t('… at most'),
  chance: l10n.t('Rival: a coin'),
  longerWins: l10n.t('Rival: longer wins'),
  shorterWins: l10n.t('Rival: shorter wins'),
  likelierWins: l10n.t('Rival: likelier wins'),
  headsAgree: l10n.t('Pairs on which all its heads agree'),
  accuracyAgreed: l10n.t('… ordered rightly of those'),
  brier: l10n.t('Brier score'),
  calibrationError: l10n.t('Calibration error'),
  rewardBias: l10n.t('Mean reward of what you wrote'),
  firstScore: l10n.t('First reward'),
};

/** Told in words instead. */
const toldInNotes = new Set(['passes', 'usesRewardModel']);

/** The stages of a run in their order. */
export function stageParts(stages: readonly StageReport[]): StagePart[] {
  return stages.map(stagePart);
}

function stagePart(stage: StageReport): StagePart {
  const { name, steps, seconds, metrics, curves } = stage;
  const telling = tellingCurves[name];
  const shown = Object.entries(telling).filter(([curve]) => curve in curves);
  const technical = Object.entries(curves).filter(([curve]) => !(curve in telling));
  const left = Object.entries(metrics).filter(([metric]) => !(metric in curves) && !toldInNotes.has(metric));
  return {
    ...{ name, title: titles[name], unit: name === 'ppo' ? 'iteration' : 'step', steps, seconds },
    notes: notesOf(stage),
    curves: shown.map(([curve, text]) => ({ ...text, values: curves[curve] ?? [] })),
    technicalCurves: technical.map(([title, values]) => ({ title, meaning: '', values })),
    metrics: left.map(([metric, value]) => ({ title: metricTitles[metric] ?? metric, value })),
  };
}

function notesOf({ name, steps, metrics, stopReason }: StageReport): string[] {
  const notes = stopReason === undefined ? [] : stopReason.split('\n').map((why) => stopSentence(steps, why));
  if (name === 'reward' && metrics['passes'] === 1) {
    notes.push(l10n.t('It orders held-out preferences better than its trivial rivals, so PPO used it.'));
  }
  if (name === 'ppo' && metrics['usesRewardModel'] === 0) {
    notes.push(
      l10n.t('The reward model was not trusted: rollouts were judged by what you wrote at the same place.'),
    );
  }
  return notes;
}

/** Reasons are sentences, or what follows 'because'. */
function stopSentence(steps: number, reason: string): string {
  const told = retold(reason);
  if (/^\p{Lu}.*\.$/su.test(reason)) return told;
  return steps === 0 ? l10n.t('It did not run: {0}.', told) : l10n.t('It ended early: {0}.', told);
}
