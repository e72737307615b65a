import * as z from 'zod';

/** The type errors that a text adds to its file. */
const typeErrorsSchema = z.object({
  count: z.number().int().nonnegative(),
  /** What the first of them says, in the language that VS Code speaks; '' where there are none. */
  first: z.string(),
});

export type TypeErrors = z.infer<typeof typeErrorsSchema>;

/** What TypeScript's server answers; `body` is absent where nothing can be said. */
export const typeErrorsAnswerSchema = z.object({ body: typeErrorsSchema.optional() });

/** What is known of a text's types: what they add, or why that is not known. */
export const typeCheckSchema = z.discriminatedUnion('kind', [
  typeErrorsSchema.extend({ kind: z.literal('checked') }),
  z.object({ kind: z.literal('unchecked'), why: z.string() }),
]);

export type TypeCheck = z.infer<typeof typeCheckSchema>;
