import * as z from 'zod';
import { noCompletionReasonSchema, writtenTextSchema, type CompletionId } from '../completion/completion.ts';
import type { PolicyId } from '../engine/policy.ts';
import { askedAtSchema } from './following/editorEvent.ts';
import { completionOutcomeSchema, outcomeEvidenceSchema } from './following/outcome.ts';

/** How much of an accepted text was still there. */
const survivalSchema = z.object({
  /** One of `survivalHorizonsMs` (survival.ts). */
  afterMs: z.number().int().positive(),
  /** 0 (gone or rewritten) to 1 (untouched). */
  survivalShare: z.number().min(0).max(1),
  /** Another branch was checked out since: what stands there now is nobody's answer. Absent: none was. */
  isCheckedOut: z.literal(true).optional(),
});

export type Survival = z.infer<typeof survivalSchema>;

/** The user's own word on what a completion was worth to them. */
const correctionSchema = z.object({
  label: z.enum(['kept', 'refused', 'none']),
  /** When they said so. */
  atMs: z.number().nonnegative(),
});

export type Correction = z.infer<typeof correctionSchema>;

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
  /** The policy went on in the text's last line, but was not sure enough of that. Absent where the text ends by itself. */
  endsWithinLine: z.literal(true).optional(),
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
  /** What the user says of it in place of what was observed; `outcome` stays. Absent when they said nothing. */
  correction: correctionSchema.optional(),
});

export type CompletionRecord = z.infer<typeof completionRecordSchema>;

/** A record with what the user says of it now; undefined takes it back. */
export function withCorrection(
  record: CompletionRecord,
  correction: Correction | undefined,
): CompletionRecord {
  const corrected = { ...record };
  delete corrected.correction;
  if (correction !== undefined) corrected.correction = correction;
  return corrected;
}

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
      /** How many of them were on the screen before it came; absent where all came at once. */
      arrival: z.number().int().nonnegative().optional(),
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

/** How much a row counts where each prompt counts 1. */
const rowWeight = z.number().positive().max(1);

/** What one row of a file of examples says, by TRL's names of the row shapes. */
const importedExampleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('prompt-completion'), completion: z.string(), weight: rowWeight }),
  /** An empty text is silence: to offer nothing. Without a weight it has an equal share of its prompt. */
  z.object({
    kind: z.literal('preference'),
    chosen: z.string(),
    rejected: z.string(),
    evidence: z.enum(['ranking', 'behaviour']),
    weight: rowWeight.optional(),
  }),
  /** `label`: whether the completion was worth more than silence. */
  z.object({
    kind: z.literal('unpaired-preference'),
    completion: z.string(),
    label: z.boolean(),
    weight: rowWeight.optional(),
  }),
  z.object({ kind: z.literal('prompt-only') }),
]);

export type ImportedExample = z.infer<typeof importedExampleSchema>;

/**
 * An example from a file, to learn from like the user's own. Where the row did not say when and in which
 * document it was, `atMs` is 0, older than all else, and the document is `importUriOf` the file's name.
 */
export const importedRecordSchema = z.object({
  /** Made from the row, so that a file read twice adds nothing. */
  id: z.string(),
  ...askedAtSchema.shape,
  /** Name of the file it came in. */
  importedFrom: z.string(),
  importedAtMs: z.number().nonnegative(),
  /** The row's group: rows with equal prompts and different groups are different prompts to whoever wrote them. */
  groupId: z.string().optional(),
  example: importedExampleSchema,
});

export type ImportedRecord = z.infer<typeof importedRecordSchema>;

const importScheme = 'attune-import:';

/** The document that stands for a file's rows without time or document. */
export function importUriOf(fileName: string): string {
  return importScheme + encodeURIComponent(fileName);
}

/** Whether a document is none: nobody knows where and when its examples were written. */
export function isImportUri(documentUri: string): boolean {
  return documentUri.startsWith(importScheme);
}

/** Any record of the store, with what it is. */
export type StoredRecord =
  | { readonly kind: 'completion'; readonly record: CompletionRecord }
  | { readonly kind: 'ranking'; readonly record: RankingRecord }
  | { readonly kind: 'demonstration'; readonly record: DemonstrationRecord }
  | { readonly kind: 'imported'; readonly record: ImportedRecord };
