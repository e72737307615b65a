import * as z from 'zod';
import type { Sentence } from './sentence.ts';

/** As a sentence travels between processes and lies on the disk. */
export const sentenceSchema: z.ZodType<Sentence> = z.lazy(() =>
  z.object({ text: z.string(), values: z.array(z.union([z.string(), z.number(), sentenceSchema])) }),
);
