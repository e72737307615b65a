import { isDeepStrictEqual } from 'node:util';
import * as l10n from '@vscode/l10n';
import type { Alternative, CompletionId } from '../../completion/completion.ts';
import type { DemonstrationRecord, RankingRecord } from '../../feedback/completionRecord.ts';
import type { AskedAt } from '../../feedback/following/editorEvent.ts';
import type { RankingAnswer } from './rankMessages.ts';
import { denseRanks } from './ranks.ts';
import type { TypeCheck } from './typeErrorsAnswer.ts';

/** Alternatives for one cursor. */
export interface RankingRound {
  readonly asked: AskedAt;
  readonly slots: Slots;
}

/** An alternative on the screen. */
export interface Displayed {
  readonly alternative: Alternative;
  /** How many came onto the screen before it. */
  readonly arrival: number;
  /** What it does to the types of the document; absent until that is known. */
  readonly types?: TypeCheck;
}

/**
 * Places on the screen for the alternatives of one round. Each gets a place as it comes and keeps it,
 * and every order is as likely as any other, whichever came first.
 */
export class Slots {
  readonly #displayed: (Displayed | undefined)[];
  /** The slot of the one that comes first, of the next, and so on. */
  readonly #order: readonly number[];
  #arrivedCount = 0;

  /** @param random gives numbers from 0 to below 1. */
  constructor(count: number, random: () => number) {
    this.#displayed = Array.from({ length: count });
    this.#order = shuffled(Array.from(this.#displayed.keys()), random);
  }

  /** By slot; undefined where none has come yet. */
  get displayed(): readonly (Displayed | undefined)[] {
    return this.#displayed;
  }

  get isEmpty(): boolean {
    return this.#arrivedCount === 0;
  }

  /**
   * Takes an alternative into the next slot, or into that where its beginning stands. Gives whether there is
   * something new to show.
   */
  add(alternative: Alternative): boolean {
    const begun = this.#displayed[this.#slotOf(alternative.id)];
    if (begun !== undefined && isDeepStrictEqual(begun.alternative, alternative)) return false;
    const arrival = begun?.arrival ?? this.#arrivedCount;
    const slot = this.#order[arrival];
    if (slot === undefined) return false;
    this.#displayed[slot] = { alternative, arrival };
    if (begun === undefined) this.#arrivedCount++;
    return true;
  }

  /** Keeps what an alternative that is there does to the types of its document; one that has grown is another. */
  noteTypes(alternative: Alternative, types: TypeCheck): void {
    const slot = this.#slotOf(alternative.id);
    const displayed = this.#displayed[slot];
    if (displayed?.alternative === alternative) this.#displayed[slot] = { ...displayed, types };
  }

  #slotOf(id: CompletionId): number {
    return this.#displayed.findIndex((one) => one?.alternative.id === id);
  }
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
  { asked, slots: { displayed } }: RankingRound,
  { ranks, noneIsGood, ownText }: RankingAnswer,
  id: string,
): RankingRecord | undefined {
  const policyId = displayed.find((one) => one !== undefined)?.alternative.policyId;
  if (policyId === undefined) return undefined;
  const dense = denseRanks(ranks);
  return {
    id,
    policyId,
    ...asked,
    alternatives: displayed.flatMap((one, slot) => {
      if (one === undefined) return [];
      const { text, written } = one.alternative;
      const rank = dense[slot] ?? undefined;
      return { text, written, arrival: one.arrival, ...(rank === undefined ? {} : { rank }) };
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
