import type { CompletionId } from '../completion/completion.ts';
import type { CompletionRecord, DemonstrationRecord, RankingRecord, Survival } from './completionRecord.ts';
import type { CompletionOutcome, OutcomeEvidence } from './outcome.ts';

/** How a completion ended, as the tracker reports it. A second report of the same id replaces the first. */
export interface OutcomeReport {
  readonly id: CompletionId;
  readonly outcome: CompletionOutcome;
  readonly evidence: OutcomeEvidence;
  readonly shownMs: number;
}

/** What the store holds, as counts. */
export interface FeedbackCounts {
  readonly completions: number;
  readonly rankings: number;
  readonly demonstrations: number;
  /** Completions by the kind of their outcome. */
  readonly outcomes: Readonly<Partial<Record<CompletionOutcome['kind'], number>>>;
  /** Times nothing was offered, by reason; also those where the policy was never asked. */
  readonly nothingOffered: Readonly<Record<string, number>>;
  /** Stored lines that could not be read; they stay where they are. */
  readonly damaged: number;
}

/** The reading side: what training and the user see. All lists are in order of time. */
export interface FeedbackReader {
  completions(): CompletionRecord[];
  rankings(): RankingRecord[];
  demonstrations(): DemonstrationRecord[];
  counts(): FeedbackCounts;
}

/** Where feedback is kept. Each call is one transaction: it happened whole or not at all. */
export interface FeedbackStore extends FeedbackReader {
  addCompletion(record: CompletionRecord): void;
  addRanking(record: RankingRecord): void;
  addDemonstration(record: DemonstrationRecord): void;
  setOutcome(report: OutcomeReport): void;
  addSurvival(id: CompletionId, survival: Survival): void;
  setFinalText(id: CompletionId, finalText: string): void;
  countNothingOffered(reason: string): void;
  /** Forgets one completion, ranking or demonstration. */
  deleteRecord(id: string): void;
  /** Forgets all that came from one document. Gives how many records that were. */
  forgetDocument(documentUri: string): number;
  /** Forgets everything and gives the disk space back. */
  forgetEverything(): void;
  close(): void;
}
