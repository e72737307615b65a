import * as l10n from '@vscode/l10n';
import type { Completion } from '../completion/completion.ts';
import type { DemonstrationRecord, RankingRecord } from '../feedback/completionRecord.ts';
import type { AskedAt } from '../feedback/editorEvent.ts';
import type { RankingAnswer } from './rankMessages.ts';
import { denseRanks } from './ranks.ts';

/** Alternatives for one cursor, in the order in which they are displayed. */
export interface RankingRound {
  readonly asked: AskedAt;
  /** At least one, all by the same policy. */
  readonly alternatives: readonly Completion[];
}

/**
 * The values in a random order, each order as likely as any other.
 *
 * @param random gives numbers from 0 to below 1.
 */
export function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const keyed = values.map((value) => ({ value, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
}

/** A ranking as feedback keeps it; undefined when there is nothing that was ranked. */
export function rankingRecord(
  { asked, alternatives }: RankingRound,
  { ranks, noneIsGood, ownText }: RankingAnswer,
  id: string,
): RankingRecord | undefined {
  const policyId = alternatives[0]?.policyId;
  if (policyId === undefined) return undefined;
  const dense = denseRanks(ranks);
  return {
    id,
    policyId,
    ...asked,
    alternatives: alternatives.map(({ text, written }, index) => {
      const rank = dense[index];
      return { text, written, ...(rank === undefined || rank === null ? {} : { rank }) };
    }),
    noneIsGood,
    ...(ownText === '' ? {} : { ownText }),
  };
}

/** The user's own text as a demonstration; undefined when they wrote none. */
export function ownTextRecord(
  { asked }: RankingRound,
  { ownText }: RankingAnswer,
  id: string,
): DemonstrationRecord | undefined {
  return ownText === '' ? undefined : { id, ...asked, text: ownText, source: 'ownText' };
}

/** What was learned from an answer, in one sentence. */
export function savedSentence(answer: RankingAnswer): string {
  const ranked = answer.ranks.filter((rank) => rank !== null).length;
  const parts = [
    ...(ranked > 0
      ? [ranked === 1 ? l10n.t('the rank of 1 alternative') : l10n.t('the order of {0} alternatives', ranked)]
      : []),
    ...(answer.noneIsGood ? [l10n.t('that none is good')] : []),
    ...(answer.ownText === '' ? [] : [l10n.t('your own text')]),
  ];
  return l10n.t('Stored: {0}. The next retraining learns from it.', parts.join(', '));
}
