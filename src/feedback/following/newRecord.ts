import type { CompletionRecord } from '../completionRecord.ts';
import type { AskedAt, EditorEvent } from './editorEvent.ts';

/** The record of a completion that was just offered: nothing has become of it yet. */
export function recordOfOffer(event: Extract<EditorEvent, { kind: 'offered' }>): CompletionRecord {
  const { id, policyId, written, text, replacedChars, endsWithinLine, latencyMs } = event.completion;
  return {
    id,
    policyId,
    ...askedAtOf(event),
    written,
    text,
    ...(replacedChars > 0 && { replacedChars }),
    ...(endsWithinLine && { endsWithinLine }),
    latencyMs,
    survival: [],
  };
}

/** The record of a policy that was asked and offered nothing; undefined when it was not asked or wrote nothing. */
export function recordOfNothingOffered(
  event: Extract<EditorEvent, { kind: 'notOffered' }>,
): CompletionRecord | undefined {
  const { id, policyId, written, reason } = event.noCompletion;
  if (policyId === undefined || written === undefined) return undefined;
  return { id, policyId, ...askedAtOf(event), written, text: '', noCompletionReason: reason, survival: [] };
}

function askedAtOf(asked: AskedAt): AskedAt {
  const { atMs, documentUri, languageId, offset, prefix, suffix, otherCompleters, instruction } = asked;
  const others = otherCompleters === undefined ? {} : { otherCompleters };
  const inWords = instruction === undefined ? {} : { instruction };
  return { atMs, documentUri, languageId, offset, prefix, suffix, ...others, ...inWords };
}
