import { z } from 'zod';
import { noCompletionReasonSchema, writtenTextSchema, type CompletionId } from '../completion/completion.ts';
import type { PolicyId } from '../engine/policy.ts';
import { askedAtSchema } from './editorEvent.ts';
import { completionOutcomeSchema, outcomeEvidenceSchema } from './outcome.ts';

/** How long after an accept its text is looked at again, as other assistants measure it (30 s to 10 min). */
export const survivalHorizonsMs = [30_000, 120_000, 300_000, 600_000] as const;

/** How much of an accepted text was still there. */
export const survivalSchema = z.object({
  /** One of `survivalHorizonsMs`. */
  afterMs: z.number().int().positive(),
  /** 0 (gone or rewritten) to 1 (untouched). */
  survivalShare: z.number().min(0).max(1),
  /** Another branch was checked out since: what stands there now is nobody's answer. Absent: none was. */
  isCheckedOut: z.literal(true).optional(),
});

export type Survival = z.infer<typeof survivalSchema>;

/** Everything kept about one completion that the policy was asked for. */
export const completionRecordSchema = z.object({
  id: z.string().transform((text) => text as CompletionId),
  policyId: z.string().transform((text) => text as PolicyId),
  ...askedAtSchema.shape,
  written: writtenTextSchema,
  /** What was offered; empty when nothing was. */
  text: z.string(),
  /** Characters at the start of `suffix` that `text` and `finalText` stand for. Absent when there are none. */
  replacedChars: z.number().int().positive().optional(),
  /** Absent when nothing was offered: only a finished text has its time. */
  latencyMs: z.number().nonnegative().optional(),
  /** Absent when a text was offered. */
  noCompletionReason: noCompletionReasonSchema.optional(),
  /** How long it stood on the screen. Absent while it still does, and when nothing was offered. */
  shownMs: z.number().nonnegative().optional(),
  /** Absent while the completion is alive, and when nothing was offered. */
  outcome: completionOutcomeSchema.optional(),
  /** Absent with `outcome`. */
  evidence: outcomeEvidenceSchema.optional(),
  /** In order of time; empty when nothing was accepted or nothing was measured yet. */
  survival: z.array(survivalSchema),
  /**
   * What the user had written at the cursor in the end, up to the end of the line on which it has
   * as many lines as `text` (see `Place.finalText`). Line ends are `\n`. Absent until the place has
   * settled, and when it was lost.
   */
  finalText: z.string().optional(),
});

export type CompletionRecord = z.infer<typeof completionRecordSchema>;

/** A text the user wrote where no completion was asked for, or as the answer they wanted. */
export const demonstrationRecordSchema = z.object({
  id: z.string(),
  ...askedAtSchema.shape,
  /** What the user wrote at the cursor. */
  text: z.string(),
  /** 'typed' while working, 'ownText' into the side panel. */
  source: z.enum(['typed', 'ownText']),
});

export type DemonstrationRecord = z.infer<typeof demonstrationRecordSchema>;

/** Alternatives for one cursor in the order the user gave them. */
export const rankingRecordSchema = z.object({
  id: z.string(),
  policyId: z.string().transform((text) => text as PolicyId),
  ...askedAtSchema.shape,
  /** As displayed; the order on the screen is random, so that position carries no opinion. */
  alternatives: z.array(
    z.object({
      text: z.string(),
      written: writtenTextSchema,
      /** 1 is best; equal ranks are ties; absent when the user did not rank it. */
      rank: z.number().int().positive().optional(),
    }),
  ),
  /** The user said that none of them is any good: whatever they wrote themselves beats all. */
  noneIsGood: z.boolean(),
  /** What the user would have written; absent when they did not say. */
  ownText: z.string().optional(),
});

export type RankingRecord = z.infer<typeof rankingRecordSchema>;
