import * as z from 'zod';
import type { CompletionId } from '../../completion/completion.ts';

const completionId = z.string().transform((text) => text as CompletionId);
const chars = z.number().int().nonnegative();

/**
 * How one completion ended. Written once, when it leaves the screen for good; an accept that is
 * undone within seconds, or a late accept, rewrites it.
 *
 * Lengths are in UTF-16 code units, as VS Code counts them. `unseen` and `superseded` carry no
 * opinion of the user and must never become a training label (see `labelOutcome`).
 */
export const completionOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accepted') }),
  z.object({ kind: z.literal('acceptedPartly'), acceptedChars: chars }),
  /** The user typed the same text by hand: agreement, not rejection. */
  z.object({ kind: z.literal('typedThrough'), typedChars: chars }),
  z.object({ kind: z.literal('dismissed') }),
  z.object({ kind: z.literal('typedOver'), divergedAtChar: chars }),
  /** It left the screen before anybody could have read it. */
  z.object({ kind: z.literal('unseen'), shownMs: z.number().nonnegative() }),
  z.object({ kind: z.literal('superseded'), by: completionId }),
]);

export type CompletionOutcome = z.infer<typeof completionOutcomeSchema>;

/** How we know: the user's own command, the document's text, or only the circumstances. */
export const outcomeEvidenceSchema = z.object({
  kind: z.enum(['command', 'text', 'inferred']),
  /** One sentence for whoever inspects the record. */
  why: z.string(),
});

export type OutcomeEvidence = z.infer<typeof outcomeEvidenceSchema>;
