import * as l10n from '@vscode/l10n';
import { withDecimalSign } from '../sentences/decimals.ts';

/*
 * Sentences that are stored in English, because nobody knows in which language they will be read: how one
 * knows what became of a completion, why a stage ended, what the gate said. Each has its translation beside
 * it; `{0}` stands for what is different each time.
 */
const sentences: Readonly<Record<string, string>> = {
  // feedback/following/ending.ts and what calls it.
  'It was accepted and taken out again within seconds.': l10n.t(
    'It was accepted and taken out again within seconds.',
  ),
  'The accept command ran.': l10n.t('The accept command ran.'),
  'Its text came in at once, not key by key.': l10n.t('Its text came in at once, not key by key.'),
  'Another completion took its place.': l10n.t('Another completion took its place.'),
  'All of it was typed by hand.': l10n.t('All of it was typed by hand.'),
  'The first {0} characters were accepted, then it was left.': l10n.t(
    'The first {0} characters were accepted, then it was left.',
  ),
  'It was on the screen for {0} ms, too short to be read.': l10n.t(
    'It was on the screen for {0} ms, too short to be read.',
  ),
  'Other text was written instead.': l10n.t('Other text was written instead.'),
  'The text before it was deleted.': l10n.t('The text before it was deleted.'),
  'The dismiss command ran.': l10n.t('The dismiss command ran.'),
  'The document was replaced as a whole.': l10n.t('The document was replaced as a whole.'),
  'The cursor moved elsewhere.': l10n.t('The cursor moved elsewhere.'),
  'The document was closed.': l10n.t('The document was closed.'),
  'Another branch was checked out.': l10n.t('Another branch was checked out.'),
  'The text before it was changed as the file was saved.': l10n.t(
    'The text before it was changed as the file was saved.',
  ),
  // feedback/following/labels.ts.
  'Nothing became of it yet, or nothing was offered.': l10n.t(
    'Nothing became of it yet, or nothing was offered.',
  ),
  'It left the screen before it could be read.': l10n.t('It left the screen before it could be read.'),
  'You said that it says nothing.': l10n.t('You said that it says nothing.'),
  'Another extension may have shown its own text there instead.': l10n.t(
    'Another extension may have shown its own text there instead.',
  ),
  'It was accepted, but nobody looked whether it stayed.': l10n.t(
    'It was accepted, but nobody looked whether it stayed.',
  ),
  'It was refused, yet its text was written in the end.': l10n.t(
    'It was refused, yet its text was written in the end.',
  ),
  'It was left without an answer, and nothing was written there.': l10n.t(
    'It was left without an answer, and nothing was written there.',
  ),
  // trainer/retrainStages.ts, timeBudget.ts, trainingGuards.ts and stages/ppo.ts: what follows 'because'.
  'there are no demonstrations': l10n.t('there are no demonstrations'),
  'there are no preferences': l10n.t('there are no preferences'),
  'there was time for {0} of {1} steps': l10n.t('there was time for {0} of {1} steps'),
  '{0} prompts can be judged and {1} are needed': l10n.t('{0} prompts can be judged and {1} are needed'),
  'the policy was free to choose in none of its rollouts': l10n.t(
    'the policy was free to choose in none of its rollouts',
  ),
  'the policy is {0} nats a completion away from the reference; the limit is {1}': l10n.t(
    'the policy is {0} nats a completion away from the reference; the limit is {1}',
  ),
  'the mean probability ratio is {0}; it may be {1} away from 1': l10n.t(
    'the mean probability ratio is {0}; it may be {1} away from 1',
  ),
  '{0} % of the tokens were clipped; the limit is {1} %': l10n.t(
    '{0} % of the tokens were clipped; the limit is {1} %',
  ),
  // trainer/gate/rewardGate.ts.
  'There was no time to test the reward model.': l10n.t('There was no time to test the reward model.'),
  'There are no held-out preferences to judge the reward model by.': l10n.t(
    'There are no held-out preferences to judge the reward model by.',
  ),
  "The reward model orders {0} % of {1} held-out prompts rightly (at least {2} % with 95 % confidence); its best rival, '{3}', orders {4} %, so it is not used.":
    l10n.t(
      "The reward model orders {0} % of {1} held-out prompts rightly (at least {2} % with 95 % confidence); its best rival, '{3}', orders {4} %, so it is not used.",
    ),
  // trainer/gate/gateDecision.ts and process/training/importAdapter.ts.
  'Not promoted: {0} held-out prompts are too few to tell the two policies apart (at least {1} from {2} stretches of work are needed). Keep working and retrain later.':
    l10n.t(
      'Not promoted: {0} held-out prompts are too few to tell the two policies apart (at least {1} from {2} stretches of work are needed). Keep working and retrain later.',
    ),
  'Not promoted: the {0} held-out prompts come from {1} stretches of work, too few to tell the two policies apart (at least {2} are needed). Keep working and retrain later.':
    l10n.t(
      'Not promoted: the {0} held-out prompts come from {1} stretches of work, too few to tell the two policies apart (at least {2} are needed). Keep working and retrain later.',
    ),
  'Serves because you said so: it was imported without asking the gate.': l10n.t(
    'Serves because you said so: it was imported without asking the gate.',
  ),
};

/** Names that stand in such sentences. */
const names: Readonly<Record<string, string>> = {
  chance: l10n.t('chance'),
  longerWins: l10n.t('longerWins'),
  shorterWins: l10n.t('shorterWins'),
  likelierWins: l10n.t('likelierWins'),
};

/** What is stored as an English sentence, in the reader's language; as it is where it is none of those above. */
export function retold(stored: string): string {
  for (const [english, translated] of Object.entries(sentences)) {
    const values = patternOf(english).exec(stored)?.slice(1);
    if (values !== undefined) {
      return translated.replaceAll(/\{(\d+)\}/g, (_, place) => retoldValue(values[Number(place)] ?? ''));
    }
  }
  return stored;
}

function retoldValue(value: string): string {
  return /^-?\d+\.\d+$/.test(value) ? withDecimalSign(value) : (names[value] ?? value);
}

/** What an English sentence looks like with values in it, each of them a group. */
function patternOf(english: string): RegExp {
  const parts = english
    .split(/\{\d+\}/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('(.+?)')}$`, 's');
}
