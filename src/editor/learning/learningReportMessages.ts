// The small build of zod: the page holds all of it.
import * as z from 'zod/mini';

/*
 * What the extension and the page of a learning report say to each other. Both ends parse what arrives.
 */

const action = z.enum(['rollBack', 'serve']);

/** What the extension tells the page: who serves now, and what the user can do about it. */
export const toReportSchema = z.object({
  sentence: z.string(),
  /** Absent where there is nothing to do. */
  button: z.optional(z.object({ action, label: z.string() })),
});

export type ToReport = z.infer<typeof toReportSchema>;

/** What the page tells the extension: that it is there, or which button was pressed. */
export const fromReportSchema = z.object({ kind: z.union([z.literal('ready'), action]) });

export type FromReport = z.infer<typeof fromReportSchema>;
