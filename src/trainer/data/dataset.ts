import type { CodeFile } from '../../completion/prompt/relatedCode.ts';
import { isNamed } from '../../feedback/files/documentNames.ts';
import { inVsCodesSpelling } from '../../feedback/files/documentSpelling.ts';
import type { FeedbackReader } from '../../feedback/storing/feedbackStore.ts';
import { sha256OfJson } from '../canonicalJson.ts';
import { demonstrationOfCompletion, demonstrationOfImported, demonstrationOfText } from './demonstrations.ts';
import { groupIdOf, promptOf, type Demonstration, type ExamplePrompt } from './examples.ts';
import { groupedBy } from './groups.ts';
import {
  canBeHeldOut,
  heldOutLines,
  holdOutNewest,
  type ExampleSet,
  type HoldOutSettings,
  type NamesOf,
  type SplitExamples,
} from './heldOut.ts';
import type { DataSummary } from '../adapters/manifest.ts';
import { codeWindows, type CodeWindow, type SourceFile } from './codeWindows.ts';
import {
  mergePreferences,
  preferencesOfCompletion,
  preferencesOfImported,
  preferencesOfRanking,
} from './preferences.ts';

/** What a run trains on and is measured by, with its hash and its counts. */
export interface Examples extends ExampleSet {
  /** The newest work, which no stage may read before the gate. */
  readonly heldOut: ExampleSet;
  /** What the files of the workspace show; nothing of what is held out. */
  readonly windows: readonly CodeWindow[];
  /** Ids of the records whose prompts are trained on. */
  readonly learnedFrom: readonly string[];
  readonly summary: DataSummary;
}

/** What the examples are read from. */
export type FeedbackRecords = Pick<
  FeedbackReader,
  'completions' | 'rankings' | 'demonstrations' | 'imported' | 'find' | 'namesOf'
>;

/** How examples are made. */
export interface ExampleSettings extends Pick<HoldOutSettings, 'heldOutShare'> {
  /** Of the workspace's files. */
  readonly maxWindows: number;
  readonly seed: number;
  /**
   * Ids of the records that the adapters learned from which the run begins with and compares with: of them, and of what is older, nothing
   * is held out. The newest share alone may reach back into them, once newer work was forgotten or older work imported. Absent: none.
   */
  readonly learnedBefore?: ReadonlySet<string>;
}

/**
 * The examples in a user's feedback and files, each list in order of time. The same records, files and
 * seed give the same examples and the same hash.
 */
export function buildExamples(
  records: FeedbackRecords,
  sourceFiles: readonly SourceFile[],
  settings: ExampleSettings,
): Examples {
  const { heldOutShare, learnedBefore = new Set() } = settings;
  const split = splitExamples(records, { heldOutShare, afterMs: newestOf(records, learnedBefore) });
  const isHeldOutLine = heldOutLines(split.heldOut, documentNamesIn(records));
  const windows = codeWindows(learnableFiles(sourceFiles, split, documentNamesIn(records)), {
    ...settings,
    isHeldOutLine,
  });
  return {
    ...split.training,
    heldOut: split.heldOut,
    windows,
    learnedFrom: recordsOf(split.training, records),
    summary: summaryOf(split, windows),
  };
}

/** When the newest of some records was asked; -Infinity where none of them is stored. */
function newestOf(records: FeedbackRecords, ids: ReadonlySet<string>): number {
  return allRecords(records).reduce(
    (newestMs, { id, atMs }) => (ids.has(id) ? Math.max(newestMs, atMs) : newestMs),
    -Infinity,
  );
}

function recordsOf(
  { demonstrations, preferenceGroups, prompts }: ExampleSet,
  records: FeedbackRecords,
): string[] {
  const keys = new Set([...demonstrations, ...preferenceGroups, ...prompts].map(promptKeyOf));
  return allRecords(records).flatMap((record) =>
    keys.has(promptOf(record).promptKey) ? String(record.id) : [],
  );
}

/** Records of every kind that examples are made of. */
export function allRecords(records: FeedbackRecords) {
  return [records.completions(), records.rankings(), records.demonstrations(), records.imported()].flat();
}

/**
 * The examples in a user's feedback alone, in two parts. What was imported without time or document is
 * only learned from, so its preferences join those of the same prompt after the split.
 */
export function splitExamples(records: FeedbackRecords, settings: HoldOutSettings): SplitExamples {
  const split = holdOutNewest(readExamples(records), settings, documentNamesIn(records));
  const preferenceGroups = groupedBy(split.training.preferenceGroups, groupKeyOf).map(mergePreferences);
  return { ...split, training: { ...split.training, preferenceGroups } };
}

/** The names of the documents that records are of. */
export function documentNamesIn(records: Pick<FeedbackRecords, 'namesOf'>): NamesOf {
  return (documentUri) => records.namesOf(documentUri);
}

/** The files in the languages that the user writes with Attune, without those that show held-out work. */
function learnableFiles(
  files: readonly SourceFile[],
  { training, heldOut }: SplitExamples,
  namesOf: NamesOf,
): readonly SourceFile[] {
  const languages = new Set(training.prompts.map(({ languageId }) => languageId));
  return withoutHeldOut(files, heldOut, namesOf).filter(({ languageId }) => languages.has(languageId));
}

/**
 * The files but for those with held-out work: such a one shows all that was written in it, so it is left out, whatever
 * its name was when that was written.
 */
export function withoutHeldOut<File extends CodeFile>(
  files: readonly File[],
  heldOut: ExampleSet,
  namesOf: NamesOf,
): readonly File[] {
  const held = [...heldOut.demonstrations, ...heldOut.preferenceGroups, ...heldOut.prompts].map(
    ({ documentUri, atMs }) => ({ documentUri: inVsCodesSpelling(documentUri), atMs }),
  );
  const isHeld = (documentUri: string): boolean => {
    const names = namesOf(inVsCodesSpelling(documentUri));
    return held.some((place) => isNamed(names, place));
  };
  return files.filter(({ documentUri }) => !isHeld(documentUri));
}

function readExamples(records: FeedbackRecords): ExampleSet {
  const completions = records.completions();
  const rankings = records.rankings();
  const typed = records.demonstrations();
  const imported = records.imported();
  const preferences = [
    ...imported.map(preferencesOfImported),
    ...completions.map(preferencesOfCompletion),
    ...rankings.map(preferencesOfRanking),
  ];
  const partKeyOf = (example: ExamplePrompt) =>
    `${canBeHeldOut(example) ? '' : 'imported '}${groupKeyOf(example)}`;
  return {
    demonstrations: withoutRepeats(
      inTime([
        ...imported.map(demonstrationOfImported),
        ...typed.map(demonstrationOfText),
        ...completions.map(demonstrationOfCompletion),
      ]),
    ),
    preferenceGroups: inTime(groupedBy(inTime(preferences), partKeyOf).map(mergePreferences)),
    prompts: newestOfEachPrompt(inTime([...imported, ...typed, ...completions, ...rankings].map(promptOf))),
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

/** One prompt may have several groups, which stay on one side of the split and are not compared. */
function groupKeyOf(example: ExamplePrompt): string {
  return `${example.promptKey} ${groupIdOf(example)}`;
}

function summaryOf(
  { training, heldOut, withheld }: SplitExamples,
  windows: readonly CodeWindow[],
): DataSummary {
  return {
    sha256: sha256OfJson({ training, heldOut, windows }),
    demonstrations: training.demonstrations.length,
    preferenceGroups: training.preferenceGroups.length,
    preferencePairs: training.preferenceGroups.reduce((sum, { pairs }) => sum + pairs.length, 0),
    windows: windows.length,
    prompts: training.prompts.length,
    heldOutDemonstrations: heldOut.demonstrations.length,
    heldOutPreferenceGroups: heldOut.preferenceGroups.length,
    withheld,
  };
}
