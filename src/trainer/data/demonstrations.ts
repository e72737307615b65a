import type {
  CompletionRecord,
  DemonstrationRecord,
  ImportedRecord,
} from '../../feedback/completionRecord.ts';
import { labelOutcome } from '../../feedback/following/labels.ts';
import { isSameCode, promptOf, type Demonstration } from './examples.ts';

/** A text the user wrote where nothing was offered. */
export function demonstrationOfText(record: DemonstrationRecord): Demonstration | undefined {
  const { id, text, source } = record;
  if (text.trim() === '') return undefined;
  return { ...promptOf(record), text, replacedChars: 0, weight: 1, source, recordId: id };
}

/** A text that a file gives as what belongs at a prompt. */
export function demonstrationOfImported(record: ImportedRecord): Demonstration | undefined {
  const { id, example } = record;
  if (example.kind !== 'prompt-completion' || example.completion.trim() === '') return undefined;
  const { completion: text, weight } = example;
  return { ...promptOf(record), text, replacedChars: 0, weight, source: 'imported', recordId: id };
}

/**
 * What the user had at a completion's place in the end, whatever became of the completion: it is
 * their code. Without it, a completion that was kept stands for it, weighted by the share that stayed;
 * one that was accepted in part, or offered in part of a line, does not, because where that ends nobody chose to end.
 *
 * Where the user corrected what was observed: what they call kept is itself what they wanted, what they
 * call refused is not even if it stands there, and what says nothing teaches nothing.
 */
export function demonstrationOfCompletion(record: CompletionRecord): Demonstration | undefined {
  const { outcome, text, replacedChars = 0, correction } = record;
  const finalText = finalTextOf(record);
  const shared = { ...promptOf(record), replacedChars, recordId: record.id };
  if (finalText !== undefined) {
    return finalText.trim() === '' ? undefined : { ...shared, text: finalText, weight: 1, source: 'settled' };
  }
  const label = labelOutcome(record);
  const isPart = record.endsWithinLine === true || outcome?.kind === 'acceptedPartly';
  if (label.kind !== 'kept' || (isPart && correction === undefined)) return undefined;
  return { ...shared, text, weight: label.keptShare, source: 'accepted' };
}

/** What the user had there in the end, as far as it still says what they wanted. */
function finalTextOf({ finalText, text, correction }: CompletionRecord): string | undefined {
  if (correction === undefined || finalText === undefined) return finalText;
  return correction.label === 'refused' && !isSameCode(finalText, text) ? finalText : undefined;
}
