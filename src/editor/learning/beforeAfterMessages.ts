// The small build of zod: the page holds all of it.
import * as z from 'zod/mini';

/*
 * What the extension and the page 'Before and After Feedback' say to each other. Both ends parse what
 * arrives. Each run has a number, so that a late answer is not taken for one to other words.
 */

const side = z.enum(['before', 'after']);

export type Side = z.infer<typeof side>;

/** What the extension tells the page. */
export const toBeforeAfterSchema = z.discriminatedUnion('kind', [
  /** Which policies there are; `after` is absent while only the base model serves. */
  z.object({ kind: z.literal('policies'), before: z.string(), after: z.optional(z.string()) }),
  z.object({ kind: z.literal('answer'), run: z.number(), side, text: z.string() }),
  z.object({ kind: z.literal('failed'), run: z.number(), message: z.string() }),
]);

export type ToBeforeAfter = z.infer<typeof toBeforeAfterSchema>;

/** What the page tells the extension: that it is there, or which words both policies shall answer. */
export const fromBeforeAfterSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('ask'), run: z.number(), words: z.string() }),
]);

export type FromBeforeAfter = z.infer<typeof fromBeforeAfterSchema>;
