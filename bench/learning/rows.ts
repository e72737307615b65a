import * as z from 'zod';
import type { JudgedAnswer } from '../../src/cli/replay/replayedDeveloper.ts';
import { lineEnd } from '../../src/cli/replay/truth.ts';

/** One request of one policy, as it stands in a file of rows. */
export const rowSchema = z.object({
  documentUri: z.string(),
  /** Where the cursor stood. Texts above it no longer change, so offsets of one document can be compared. */
  offset: z.number().int().nonnegative(),
  /** What the author wrote on the rest of the line, its line end included. */
  restOfLine: z.string(),
  /** What the author wrote up to the end of the line that the kept text ends on; of the cursor's where nothing was kept. */
  typedChars: z.number().int().nonnegative(),
  /** What was offered; empty when nothing was. */
  offered: z.string(),
  /** Why nothing was offered; absent when something was. */
  reason: z.string().optional(),
  taken: z.enum(['all', 'lines', 'words', 'nothing']),
  keptChars: z.number().int().nonnegative(),
  /** How long the policy wrote; 0 where it was not asked, because the answer was known. */
  latencyMs: z.number().nonnegative(),
});

export type Row = z.infer<typeof rowSchema>;

/** The row of a judged answer. */
export function rowOf({ documentUri, offset, written, result, taken }: JudgedAnswer, latencyMs: number): Row {
  const { kind, acceptedChars } = taken;
  const offered = result.kind === 'completion' ? result.text : '';
  return {
    ...{ documentUri, offset, offered, latencyMs },
    restOfLine: written.slice(0, lineEnd(written)),
    typedChars: lineEndFrom(written, Math.max(acceptedChars - 1, 0)),
    ...(result.kind === 'none' && { reason: result.reason }),
    taken: kind,
    keptChars: acceptedChars,
  };
}

/** Behind the first line end at `offset` or later. */
function lineEndFrom(text: string, offset: number): number {
  return offset + lineEnd(text.slice(offset));
}
