import * as z from 'zod';

/**
 * One replacement in a document: `deletedChars` at `offset` made way for `insertedText`. The changes
 * of one event are applied in their order; VS Code reports the last one in the document first.
 */
export const textChangeSchema = z.object({
  offset: z.number().int().nonnegative(),
  deletedChars: z.number().int().nonnegative(),
  insertedText: z.string(),
});

export type TextChange = z.infer<typeof textChangeSchema>;
