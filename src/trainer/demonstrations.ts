import type { CompletionRecord, DemonstrationRecord } from '../feedback/completionRecord.ts';
import { labelOutcome } from '../feedback/labels.ts';
import { promptOf, type Demonstration } from './examples.ts';

/** A text the user wrote where nothing was offered. */
export function demonstrationOfText(record: DemonstrationRecord): Demonstration | undefined {
  const { id, text, source } = record;
  if (text.trim() === '') return undefined;
  return { ...promptOf(record), text, replacedChars: 0, weight: 1, source, recordId: id };
}

/**
 * What the user had at a completion's place in the end, whatever became of the completion: it is
 * their code. Without it, a completion that was kept stands for it, weighted by the share that stayed;
 * one that was accepted in part does not, because where its part ends nobody chose to end.
 */
export function demonstrationOfCompletion(record: CompletionRecord): Demonstration | undefined {
  const { finalText, outcome, text, replacedChars = 0 } = record;
  const shared = { ...promptOf(record), replacedChars, recordId: record.id };
  if (finalText !== undefined) {
    return finalText.trim() === '' ? undefined : { ...shared, text: finalText, weight: 1, source: 'settled' };
  }
  const label = labelOutcome(record);
  if (label.kind !== 'kept' || outcome?.kind === 'acceptedPartly') return undefined;
  return { ...shared, text, weight: label.keptShare, source: 'accepted' };
}
