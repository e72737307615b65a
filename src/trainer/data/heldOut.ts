import { isImportUri } from '../../feedback/completionRecord.ts';
import type { DocumentName } from '../../feedback/files/documentNames.ts';
import { inVsCodesSpelling } from '../../feedback/files/documentSpelling.ts';
import { groupedBy } from './groups.ts';
import type { Demonstration, ExamplePrompt, PreferenceGroup } from './examples.ts';

/** All that the feedback gives to learn from or to be measured by. */
export interface ExampleSet {
  readonly demonstrations: readonly Demonstration[];
  /** One per prompt. */
  readonly preferenceGroups: readonly PreferenceGroup[];
  /** Where the policy may be asked to write; one per prompt. */
  readonly prompts: readonly ExamplePrompt[];
}

/** The names that a document has and had, as `FeedbackReader` has them. */
export type NamesOf = (documentUri: string) => readonly DocumentName[];

/** The examples in two parts that share no prompt, no moment and no written line. */
export interface SplitExamples {
  readonly training: ExampleSet;
  readonly heldOut: ExampleSet;
  /** Older demonstrations and groups that neither part has: they would have shown what is held out. */
  readonly withheld: number;
}

/**
 * Lines of fewer characters are punctuation and idioms that stand in every file; knowing them gives
 * nothing away.
 */
const minTellingChars = 12;

/** Which work is held out. */
export interface HoldOutSettings {
  /** Of the prompts with a known answer, 0 to 1: the newest. */
  readonly heldOutShare: number;
  /** When the newest of what was learned from before was asked, in milliseconds since the epoch. Absent: nothing was. */
  readonly afterMs?: number;
}

/**
 * Holds out the newest work. The cut is a moment: the newest `heldOutShare` of the prompts that have
 * a known answer come at or after it, and behind `afterMs`. Nothing is shuffled, because a policy is used on what comes
 * next. Then, so that no answer leaks:
 *
 * - a prompt that comes up on both sides is held out with all its records, the older ones too;
 * - in a document with held-out work, whatever its name was, older examples that hold one of its lines are
 *   withheld: a text that settled late, or a place that was rewritten, would show the answer;
 * - what was imported without time or document is never held out, and withheld where it holds a
 *   held-out prompt, or a held-out line of any document.
 */
export function holdOutNewest(
  examples: ExampleSet,
  { heldOutShare, afterMs = -Infinity }: HoldOutSettings,
  namesOf: NamesOf,
): SplitExamples {
  const isHeldOut = newestPrompts(examples, { heldOutShare, afterMs });
  const heldOut = subset(examples, (example) => isHeldOut(example) && canBeHeldOut(example));
  const older = subset(examples, (example) => !isHeldOut(example));
  const isHeldOutLine = heldOutLines(heldOut, namesOf);
  const isTelling = (example: Demonstration | PreferenceGroup): boolean =>
    writtenLines(example).some((line) => isHeldOutLine(line, example.documentUri));
  const withheld = new Set(
    [...older.demonstrations, ...older.preferenceGroups].filter(isTelling).map(({ promptKey }) => promptKey),
  );
  const training = subset(older, ({ promptKey }) => !withheld.has(promptKey));
  return { training, heldOut, withheld: sizeOf(examples) - sizeOf(heldOut) - sizeOf(training) };
}

/** Whether it is known when and where an example was written: only that can be the newest work. */
export function canBeHeldOut({ documentUri }: ExamplePrompt): boolean {
  return !isImportUri(documentUri);
}

type IsHeldOut = (example: ExamplePrompt) => boolean;

function newestPrompts(
  { demonstrations, preferenceGroups, prompts }: ExampleSet,
  { heldOutShare, afterMs }: Required<HoldOutSettings>,
): IsHeldOut {
  const dated = [...demonstrations, ...preferenceGroups].filter(canBeHeldOut);
  const answered = groupedBy(dated, ({ promptKey }) => promptKey);
  const newestMs = answered.map((group) => Math.max(...group.map(({ atMs }) => atMs))).sort((a, b) => b - a);
  const cutMs = newestMs[Math.round(heldOutShare * newestMs.length) - 1] ?? Infinity;
  const newest = [...dated, ...prompts.filter(canBeHeldOut)].filter(
    ({ atMs }) => atMs >= cutMs && atMs > afterMs,
  );
  const keys = new Set(newest.map(({ promptKey }) => promptKey));
  return ({ promptKey }) => keys.has(promptKey);
}

function subset({ demonstrations, preferenceGroups, prompts }: ExampleSet, isIn: IsHeldOut): ExampleSet {
  return {
    demonstrations: demonstrations.filter(isIn),
    preferenceGroups: preferenceGroups.filter(isIn),
    prompts: prompts.filter(isIn),
  };
}

/**
 * Whether a line, without its outer white space, was written in held-out work of that document; of any
 * where none is named, or the document is not known.
 */
export type IsHeldOutLine = (line: string, documentUri?: string) => boolean;

/** What would give held-out answers away. A document is known by all names that it has and had. */
export function heldOutLines(heldOut: ExampleSet, namesOf: NamesOf): IsHeldOutLine {
  const everyName = allNames(namesOf);
  const all = new Set<string>();
  const linesOf = new Map<string, Set<string>>();
  for (const example of [...heldOut.demonstrations, ...heldOut.preferenceGroups]) {
    for (const line of writtenLines(example)) {
      all.add(line);
      for (const name of everyName(example.documentUri))
        linesOf.set(name, (linesOf.get(name) ?? new Set()).add(line));
    }
  }
  return (line, documentUri) =>
    documentUri === undefined || isImportUri(documentUri)
      ? all.has(line)
      : everyName(documentUri).some((name) => linesOf.get(name)?.has(line));
}

/** All names of a document in one spelling, each asked for once. */
function allNames(namesOf: NamesOf): (documentUri: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (documentUri) => {
    const names =
      known.get(documentUri) ??
      namesOf(inVsCodesSpelling(documentUri)).map((name) => inVsCodesSpelling(name.documentUri));
    known.set(documentUri, names);
    return names;
  };
}

/** Whether a window shows held-out work of any document: a file may be moved or copied without Attune seeing it. */
export function showsHeldOutLine(
  { rareLines }: { readonly rareLines: readonly string[] },
  isHeldOutLine: IsHeldOutLine,
): boolean {
  return rareLines.some((line) => isHeldOutLine(line));
}

/** The telling lines that a user's texts make at their cursor, without indentation. */
export function writtenLines(example: Demonstration | PreferenceGroup): string[] {
  return textsOf(example)
    .flatMap((text) => linesAt(example, text))
    .map((line) => line.trim())
    .filter((line) => line.length >= minTellingChars);
}

type PlacedText = Pick<Demonstration, 'text' | 'replacedChars'>;

/**
 * The lines that a text makes at its cursor behind what stands before it, and with what stands behind it as
 * well: editors close brackets by themselves.
 */
export function linesAt(
  { prefix, suffix }: Pick<ExamplePrompt, 'prefix' | 'suffix'>,
  { text, replacedChars }: PlacedText,
): string[] {
  const lineStart = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const lineEnd = suffix.slice(replacedChars).split('\n', 1)[0]!;
  return [text, `${text}${lineEnd}`].flatMap((end) => `${lineStart}${end}`.split('\n'));
}

/** The texts that no other one beats: those are the user's work. */
function textsOf(example: Demonstration | PreferenceGroup): PlacedText[] {
  if (!('texts' in example)) return [example];
  const beaten = new Set(example.pairs.map(({ worse }) => worse));
  return example.texts.filter(({ writer }, index) => writer !== 'silence' && !beaten.has(index));
}

function sizeOf({ demonstrations, preferenceGroups }: ExampleSet): number {
  return demonstrations.length + preferenceGroups.length;
}
