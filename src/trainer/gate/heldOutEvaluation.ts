import { completeAt } from '../../completion/completeAt.ts';
import { shapedChars } from '../../completion/prompt/writingForm.ts';
import { modeSyntaxOf } from '../../completion/syntax/modeSyntax.ts';
import { asBelieved, offerEnds, type OfferEnd } from '../../completion/trimming/confidence.ts';
import { evenAt } from '../../completion/trimming/goingOn.ts';
import type { CompletionId, CompletionLimits } from '../../completion/completion.ts';
import { calibrated, type Calibration, type Policy } from '../../engine/policy.ts';
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
  /** Where its line or statement ends; what comes behind it are further lines, more than the policy may offer. */
  readonly shapedChars: number;
}

/** Both policies at one held-out prompt, beside what the user wrote there. */
export interface HeldOutComparison {
  readonly demonstration: Demonstration;
  readonly before: HeldOutAnswer;
  readonly after: HeldOutAnswer;
}

/** So unsure further lines are written as well, to see how often such ones are right. */
const writesFurther: Calibration = { ...asBelieved, further: evenAt(0.4) };

/** The completion that a policy writes at a held-out place, judged by what the user wrote there. */
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
  const result = await completeAt(request, calibrated(policy, writesFurther), signal);
  if (result.kind === 'none') return { ...judgeOffered('', wrote), ends: [], shapedChars: 0 };
  const { text, written } = result;
  const syntax = await modeSyntaxOf(languageId);
  return {
    ...judgeOffered(text, wrote),
    ends: offerEnds(text, written, policy.tokenizer),
    shapedChars: shapedChars(request, text, policy.tokenizer, syntax),
  };
}

/** An offered text, judged by what was written, as far as that is known. */
export function judgeOffered(offered: string, written: string): HeldOutAnswer {
  const judged = knownPart(offered, written);
  const { kind, acceptedChars } = acceptedPart(judged, written.replaceAll('\r\n', '\n'));
  return {
    text: offered,
    isAccepted: kind === 'all',
    keptChars: acceptedChars,
    refusedChars: judged.length - acceptedChars,
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

/** An offered text without the lines of which nobody knows whether they were written: those behind all that is known, if that is right. */
export function knownPart(offered: string, written: string): string {
  const known = written.replaceAll('\r\n', '\n');
  return offered.startsWith(`${known}\n`) ? known : offered;
}

/** A comparison as the gate takes it. */
export function toPairedOutcome({ demonstration, before, after }: HeldOutComparison): PairedOutcome {
  const { documentUri, atMs } = demonstration;
  return { documentUri, atMs, before, after };
}
