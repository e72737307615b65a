import type { FeedbackReader } from './feedbackStore.ts';
import { writeWhole } from './writeWhole.ts';

/**
 * Writes every readable record to a file, one JSON object a line with its `kind` first, for the user
 * to keep or to use elsewhere, and what their documents were called before, by which a file is still forgotten or held out
 * as a whole where they are read in. Gives the number of records.
 *
 * The file appears whole or not at all. Throws a StoreError when the disk does not take it.
 */
export async function exportFeedback(
  reader: FeedbackReader,
  path: string,
  signal?: AbortSignal,
): Promise<number> {
  const records = {
    completion: reader.completions(),
    ranking: reader.rankings(),
    demonstration: reader.demonstrations(),
    imported: reader.imported(),
  };
  await writeWhole(path, linesOf({ ...records, renaming: reader.renamings() }), signal);
  return Object.values(records).flat().length;
}

function* linesOf(things: Readonly<Record<string, readonly object[]>>): Generator<string> {
  for (const [kind, ofKind] of Object.entries(things))
    for (const thing of ofKind) yield `${JSON.stringify({ kind, ...thing })}\n`;
}
