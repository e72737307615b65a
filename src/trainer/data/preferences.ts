import type { CompletionRecord, ImportedRecord, RankingRecord } from '../../feedback/completionRecord.ts';
import { labelOutcome, type Label } from '../../feedback/following/labels.ts';
import {
  isSameCode,
  promptOf,
  type ComparedPair,
  type ComparedText,
  type PreferenceGroup,
} from './examples.ts';
import { pairsOfRanks, type PreferencePair } from '../stages/preferenceLoss.ts';
import { utilityOf } from '../gate/utility.ts';

const silence: ComparedText = { text: '', replacedChars: 0, writer: 'silence' };

/**
 * What one completion's fate says about it, the user's own text and silence; best first:
 *
 *   kept                the user's text (if it is other code), the completion, silence
 *   kept, little of it  the user's text, silence, the completion
 *   refused             the user's text (if there is one), silence, the completion
 *
 * A completion that was kept and ends within its line is left out: where it ends nobody chose to end.
 *
 * Silence stands where `utilityOf` is 0, so the reward model learns when showing pays and PPO can
 * learn to stay silent. Undefined without an opinion: unseen and superseded completions have none.
 */
export function preferencesOfCompletion(record: CompletionRecord): PreferenceGroup | undefined {
  const label = labelOutcome(record);
  if (label.kind === 'none' || record.text === '') return undefined;
  const { text, replacedChars = 0, written, policyId } = record;
  const offered: ComparedText = { text, replacedChars, writer: 'policy', written, policyId };
  const kept = record.endsWithinLine === true ? [silence] : [offered, silence];
  const texts = [...userText(record), ...(isWorthShowing(label) ? kept : [silence, offered])];
  return groupOf(record, texts, pairsOfRanks(texts.map((_, index) => index)), {
    evidence: 'behaviour',
  });
}

/**
 * What a ranking says: equal ranks are ties, and an alternative without a rank was not judged against
 * the others. The user's own text beats all alternatives. When none is good, silence does too.
 */
export function preferencesOfRanking(record: RankingRecord): PreferenceGroup | undefined {
  const ranked = [
    ...standards(record),
    ...record.alternatives.map((text) => rankedAlternative(record, text)),
  ];
  const ranks = ranked.map(({ rank }) => rank);
  return groupOf(
    record,
    ranked.map(({ text }) => text),
    pairsOfRanks(ranks).filter(([better, worse]) => isStandard(ranks[better]!) || ranks[worse] !== unranked),
    { evidence: 'ranking' },
  );
}

/** What a file says of two texts, or of one and silence. */
export function preferencesOfImported(record: ImportedRecord): PreferenceGroup | undefined {
  const { example } = record;
  if (example.kind === 'preference') {
    const { chosen, rejected, evidence } = example;
    return groupOf(record, [chosen, rejected].map(importedText), [[0, 1]], {
      evidence,
      ...weightIn(example),
    });
  }
  if (example.kind !== 'unpaired-preference' || example.completion === '') return undefined;
  const texts = [importedText(example.completion), silence];
  const said = { evidence: 'behaviour', ...weightIn(example) } as const;
  return groupOf(record, texts, [example.label ? [0, 1] : [1, 0]], said);
}

function weightIn({ weight }: { readonly weight?: number | undefined }): Pick<ComparedPair, 'weight'> {
  return weight === undefined ? {} : { weight };
}

function importedText(text: string): ComparedText {
  return text === '' ? silence : { text, replacedChars: 0, writer: 'imported' };
}

interface RankedText {
  readonly rank: number;
  readonly text: ComparedText;
}

/** Behind all that have a rank, and tied with its like. */
const unranked = Infinity;

/** What every alternative is measured against, ranked above 1. */
function standards({ ownText = '', noneIsGood }: RankingRecord): RankedText[] {
  const own: RankedText = { rank: -1, text: { text: ownText, replacedChars: 0, writer: 'user' } };
  return [...(ownText.trim() === '' ? [] : [own]), ...(noneIsGood ? [{ rank: 0, text: silence }] : [])];
}

function isStandard(rank: number): boolean {
  return rank < 1;
}

function rankedAlternative(
  { policyId }: RankingRecord,
  { text, written, rank = unranked }: RankingRecord['alternatives'][number],
): RankedText {
  return { rank, text: { text, replacedChars: 0, writer: 'policy', written, policyId } };
}

/**
 * One group per prompt, with everything known about it: InstructGPT over-fitted as soon as the pairs
 * of one prompt were spread over several batch elements. Where two records disagree about a pair,
 * the newer one counts.
 *
 * @param groups of one prompt, in order of time; at least one.
 */
export function mergePreferences(groups: readonly PreferenceGroup[]): PreferenceGroup {
  const newestFirst = [...groups].reverse();
  const texts: ComparedText[] = [];
  const pairs = new Map<string, ComparedPair>();
  for (const group of newestFirst) {
    const indices = group.texts.map((text) => indexIn(texts, text));
    for (const pair of group.pairs) {
      const [better, worse] = [indices[pair.better]!, indices[pair.worse]!];
      const key = `${Math.min(better, worse)},${Math.max(better, worse)}`;
      if (better !== worse && !pairs.has(key)) pairs.set(key, { ...pair, better, worse });
    }
  }
  const recordIds = groups.flatMap((group) => group.recordIds);
  return { ...newestFirst[0]!, texts, pairs: [...pairs.values()], recordIds };
}

/** The group of a single record; undefined when it compares nothing. */
function groupOf(
  record: CompletionRecord | RankingRecord | ImportedRecord,
  texts: readonly ComparedText[],
  order: readonly PreferencePair[],
  said: Omit<ComparedPair, 'better' | 'worse'>,
): PreferenceGroup | undefined {
  const pairs = order.map(([better, worse]) => ({ better, worse, ...said }));
  const group = mergePreferences([{ ...promptOf(record), texts, pairs, recordIds: [record.id] }]);
  return group.pairs.length === 0 ? undefined : group;
}

function userText({ finalText, text, replacedChars = 0, correction }: CompletionRecord): ComparedText[] {
  // What the user calls kept was what they wanted, whatever they made of it later.
  if (correction?.label === 'kept') return [];
  if (finalText === undefined || finalText.trim() === '' || isSameCode(finalText, text)) return [];
  return [{ text: finalText, replacedChars, writer: 'user' }];
}

function isWorthShowing(label: Exclude<Label, { kind: 'none' }>): boolean {
  return label.kind === 'kept' && utilityOf(label.keptShare, 1 - label.keptShare) > 0;
}

/** Where a text stands in the list, which it joins when it is new. The policy's version of it stays: it has tokens. */
function indexIn(texts: ComparedText[], text: ComparedText): number {
  const index = texts.findIndex((other) => other.text === text.text);
  if (index < 0) return texts.push(text) - 1;
  if (text.writer === 'policy' && texts[index]!.writer === 'user') texts[index] = text;
  return index;
}
