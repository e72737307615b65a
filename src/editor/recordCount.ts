import type { FeedbackCounts } from '../feedback/feedbackStore.ts';

/** How many records a store holds. */
export function recordCountOf({ completions, rankings, demonstrations }: FeedbackCounts): number {
  return completions + rankings + demonstrations;
}
