import * as z from 'zod';
import { findingSchema } from '../../completion/completion.ts';
import { typeCheckSchema } from './typeErrorsAnswer.ts';

/*
 * What the extension and the page of the panel 'Rank Alternatives' say to each other. Both ends parse
 * what arrives with the schemas below; each round of alternatives has a number, so that a late answer
 * is not taken for one to other alternatives.
 */

const round = z.number().int().positive();
const place = z.object({
  /** Name of the file, and the line as VS Code counts it. */
  title: z.string(),
  languageId: z.string(),
  /** The line above the cursor's with text in it; '' when there is none. */
  lineAbove: z.string(),
  /** The cursor's line up to the cursor, and from there on. */
  lineBefore: z.string(),
  lineBehind: z.string(),
  /** What was asked for in plain words. */
  instruction: z.string().optional(),
});

const shownAlternative = z.object({
  text: z.string(),
  /** Characters behind the cursor that it stands for. */
  replacedChars: z.number().int().nonnegative(),
  findings: z.array(findingSchema),
  /** Absent until it is known, and in languages whose types nobody checks (`whyTypesUnchecked`). */
  types: typeCheckSchema.optional(),
});

/** A cursor as it is shown. */
export type ShownPlace = z.infer<typeof place>;

/** An alternative as it is shown. */
export type ShownAlternative = z.infer<typeof shownAlternative>;

/** What the extension tells the page. */
export const toPageSchema = z.discriminatedUnion('kind', [
  /** Nothing was asked yet. */
  z.object({ kind: z.literal('idle') }),
  z.object({ kind: z.literal('asking'), round, place }),
  z.object({
    kind: z.literal('alternatives'),
    round,
    place,
    /** By slot, in an order that stays; null where none has come yet, or none will. */
    alternatives: z.array(shownAlternative.nullable()),
    /** More may come. */
    isWriting: z.boolean(),
    /** Why a ranking could not be stored; absent when it can. */
    whyNotStored: z.string().optional(),
    /** Why no alternative tells its type errors; absent where they do. */
    whyTypesUnchecked: z.string().optional(),
  }),
  /** There is nothing to rank, and why. */
  z.object({ kind: z.literal('nothing'), message: z.string() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
  z.object({ kind: z.literal('saved'), round, message: z.string() }),
  /** Why an answer was not stored, or an alternative not inserted; the form stays as it is, and may be used again. */
  z.object({ kind: z.literal('notDone'), round, message: z.string() }),
]);

export type ToPage = z.infer<typeof toPageSchema>;

/** How the user ranked the alternatives of one round. */
const rankingAnswerSchema = z.object({
  /** One for each slot: 1 is best, equal numbers are ties, null is not ranked. */
  ranks: z.array(z.number().int().positive().nullable()),
  noneIsGood: z.boolean(),
  /** What the user would have written, as it stands in the page (see `indented`); '' when they did not say. */
  ownText: z.string(),
});

export type RankingAnswer = z.infer<typeof rankingAnswerSchema>;

/** What the page tells the extension. */
export const toExtensionSchema = z.discriminatedUnion('kind', [
  /** The page is there and wants to know what to show. */
  z.object({ kind: z.literal('ready') }),
  /** Ask for alternatives at the cursor of the active editor. */
  z.object({ kind: z.literal('ask') }),
  z.object({ kind: z.literal('insert'), round, index: z.number().int().nonnegative() }),
  z.object({ kind: z.literal('save'), round, answer: rankingAnswerSchema }),
]);

export type ToExtension = z.infer<typeof toExtensionSchema>;
