import * as l10n from '@vscode/l10n';
import { decimals } from '../../sentences/decimals.ts';
import type { Verdict } from '../adapters/manifest.ts';

/**
 * What came of comparing two policies, with both numbers. The gate, whose process has no translations,
 * keeps it in English; a reader is told it anew from the numbers.
 */
export function comparedSentence(
  promoted: boolean,
  { promptCount, utilityBefore, utilityAfter, gain, low, high }: NonNullable<Verdict['comparison']>,
): string {
  const worth = [promptCount, shortly(utilityAfter), shortly(utilityBefore)] as const;
  const interval = [shortly(gain), shortly(low), shortly(high)] as const;
  if (promoted) {
    return l10n.t(
      'Promoted: on {0} held-out prompts the new policy is worth {1} kept characters a prompt, the one before {2}; the gain of {3} has a 95 % interval from {4} to {5}, all of it above 0.',
      ...worth,
      ...interval,
    );
  }
  return high < 0
    ? l10n.t(
        'Not promoted: on {0} held-out prompts the new policy is worth {1} kept characters a prompt, the one before {2}; the gain of {3} has a 95 % interval from {4} to {5}, so it is worse.',
        ...worth,
        ...interval,
      )
    : l10n.t(
        'Not promoted: on {0} held-out prompts the new policy is worth {1} kept characters a prompt, the one before {2}; the gain of {3} has a 95 % interval from {4} to {5}, so that is no sure improvement.',
        ...worth,
        ...interval,
      );
}

/** That a promoted adapter has the weights of before, and only its silence is new. */
export function silenceAloneSentence(): string {
  return l10n.t(
    'What is new is its silence alone: the weights that were learned are worth less with one than those before, which stay.',
  );
}

function shortly(value: number): string {
  return decimals(value, 2);
}
