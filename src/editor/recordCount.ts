import type { FeedbackCounts } from '../feedback/feedbackStore.ts';

/** How many records a store holds. */
export function recordCountOf({ completions, rankings, demonstrations, imported }: FeedbackCounts): number {
  return completions + rankings + demonstrations + imported;
}
