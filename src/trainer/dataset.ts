import type { FeedbackReader } from '../feedback/feedbackStore.ts';
import { sha256OfJson } from './canonicalJson.ts';
import { demonstrationOfCompletion, demonstrationOfText } from './demonstrations.ts';
import { promptOf, type Demonstration, type ExamplePrompt } from './examples.ts';
import { groupedBy } from './groups.ts';
import { holdOutNewest, type ExampleSet, type SplitExamples } from './heldOut.ts';
import type { DataSummary } from './manifest.ts';
import { mergePreferences, preferencesOfCompletion, preferencesOfRanking } from './preferences.ts';

/** What a run trains on and is measured by, with its hash and its counts. */
export interface Examples extends ExampleSet {
  /** The newest work, which no stage may read before the gate. */
  readonly heldOut: ExampleSet;
  readonly summary: DataSummary;
}

/** What the examples are read from. */
export type FeedbackRecords = Pick<FeedbackReader, 'completions' | 'rankings' | 'demonstrations'>;

/**
 * The examples in a user's feedback, each list in order of time. The same records give the same
 * examples and the same hash.
 */
export function buildExamples(
  records: FeedbackRecords,
  settings: { readonly heldOutShare: number },
): Examples {
  const { training, heldOut, withheld } = holdOutNewest(readExamples(records), settings.heldOutShare);
  return { ...training, heldOut, summary: summaryOf({ training, heldOut, withheld }) };
}

function readExamples(records: FeedbackRecords): ExampleSet {
  const completions = records.completions();
  const rankings = records.rankings();
  const typed = records.demonstrations();
  const preferences = [...completions.map(preferencesOfCompletion), ...rankings.map(preferencesOfRanking)];
  return {
    demonstrations: withoutRepeats(
      inTime([...typed.map(demonstrationOfText), ...completions.map(demonstrationOfCompletion)]),
    ),
    preferenceGroups: inTime(groupedBy(inTime(preferences), promptKeyOf).map(mergePreferences)),
    prompts: newestOfEachPrompt(inTime([...typed, ...completions, ...rankings].map(promptOf))),
  };
}

/** The same text at the same prompt twice is one demonstration, the newest: it was asked twice, not written twice. */
function withoutRepeats(demonstrations: readonly Demonstration[]): Demonstration[] {
  const repeats = groupedBy(demonstrations, ({ promptKey, text }) => `${promptKey} ${text}`);
  return inTime(repeats.map((group) => group.at(-1)));
}

function newestOfEachPrompt(prompts: readonly ExamplePrompt[]): ExamplePrompt[] {
  return inTime(groupedBy(prompts, promptKeyOf).map((group) => group.at(-1)));
}

/** Those there are, oldest first; equal times keep their order. */
function inTime<T extends ExamplePrompt>(examples: readonly (T | undefined)[]): T[] {
  return examples.filter((example) => example !== undefined).sort((a, b) => a.atMs - b.atMs);
}

function promptKeyOf({ promptKey }: ExamplePrompt): string {
  return promptKey;
}

function summaryOf({ training, heldOut, withheld }: SplitExamples): DataSummary {
  return {
    sha256: sha256OfJson({ training, heldOut }),
    demonstrations: training.demonstrations.length,
    preferenceGroups: training.preferenceGroups.length,
    preferencePairs: training.preferenceGroups.reduce((sum, { pairs }) => sum + pairs.length, 0),
    prompts: training.prompts.length,
    heldOutDemonstrations: heldOut.demonstrations.length,
    heldOutPreferenceGroups: heldOut.preferenceGroups.length,
    withheld,
  };
}
