import * as z from 'zod';

/** The type errors that a text adds to its file. */
export const typeErrorsSchema = z.object({
  count: z.number().int().positive(),
  /** What the first of them says, in the language that VS Code speaks. */
  first: z.string(),
});

export type TypeErrors = z.infer<typeof typeErrorsSchema>;

/** What TypeScript's server answers; `body` is absent where there are none, and where nothing can be said. */
export const typeErrorsAnswerSchema = z.object({ body: typeErrorsSchema.optional() });
