import { completeAt } from '../../completion/completeAt.ts';
import { offerEnds, type OfferEnd } from '../../completion/trimming/confidence.ts';
import type { CompletionId, CompletionLimits } from '../../completion/completion.ts';
import type { Policy } from '../../engine/policy.ts';
import { acceptedPart } from '../data/acceptedPart.ts';
import type { Demonstration } from '../data/examples.ts';
import type { HeldOutPlace } from './heldOutPlaces.ts';
import type { PairedOutcome } from './gateDecision.ts';

/** What one policy offered where the user's own text is known. */
export interface HeldOutAnswer {
  /** Empty when nothing was offered. */
  readonly text: string;
  readonly isAccepted: boolean;
  readonly keptChars: number;
  readonly refusedChars: number;
}

/** An answer before the policy decides whether it is sure enough of it. */
export interface WrittenAnswer extends HeldOutAnswer {
  /** How sure the policy was of what it wrote, up to wherever it might end. */
  readonly ends: readonly OfferEnd[];
}

/** Both policies at one held-out prompt, beside what the user wrote there. */
export interface HeldOutComparison {
  readonly demonstration: Demonstration;
  readonly before: HeldOutAnswer;
  readonly after: HeldOutAnswer;
}

/** The completion a policy serves at a held-out place, judged by what the user wrote there. */
export async function answerHeldOut(
  policy: Policy,
  { demonstration, written: wrote, related }: HeldOutPlace,
  limits: CompletionLimits,
  signal: AbortSignal,
): Promise<WrittenAnswer> {
  const { prefix, suffix, languageId, instruction, recordId } = demonstration;
  const request = {
    id: recordId as CompletionId,
    ...{ prefix, suffix, languageId, instruction, related, ...limits },
    ...({ trigger: 'automatic', count: 1, temperature: 0, seed: 0 } as const),
  };
  const result = await completeAt(request, policy, signal);
  if (result.kind === 'none') return { ...judgeOffered('', wrote), ends: [] };
  const { text, written } = result;
  return { ...judgeOffered(text, wrote), ends: offerEnds(text, written, policy.tokenizer) };
}

/** An offered text, judged by what was written. */
export function judgeOffered(offered: string, written: string): HeldOutAnswer {
  const { kind, acceptedChars } = acceptedPart(offered, written.replaceAll('\r\n', '\n'));
  return {
    text: offered,
    isAccepted: kind === 'all',
    keptChars: acceptedChars,
    refusedChars: offered.length - acceptedChars,
  };
}

/** What both policies offer at a place; of what was written there, as many lines as either has. */
export function comparisonAt(
  { demonstration, written }: HeldOutPlace,
  before: HeldOutAnswer,
  after: HeldOutAnswer,
): HeldOutComparison {
  const lines = Math.max(...[demonstration, before, after].map(({ text }) => text.split('\n').length));
  const text = written.split('\n').slice(0, lines).join('\n');
  return { demonstration: { ...demonstration, text }, before, after };
}

/** A comparison as the gate takes it. */
export function toPairedOutcome({ demonstration, before, after }: HeldOutComparison): PairedOutcome {
  const { documentUri, atMs } = demonstration;
  return { documentUri, atMs, before, after };
}
