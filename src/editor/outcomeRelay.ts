import type { CompletionRecord, DemonstrationRecord, Survival } from '../feedback/completionRecord.ts';
import type { FeedbackSink, GrownText, OutcomeReport } from '../feedback/feedbackStore.ts';

type CompletionId = CompletionRecord['id'];

/** Whoever in this session wants to know what becomes of completions. */
export interface OutcomeListener {
  outcome(report: OutcomeReport): void;
  survival(id: CompletionId, survival: Survival): void;
}

/**
 * Tells this session what becomes of completions and passes everything on to where it is stored,
 * as long as it may be stored at all.
 */
export class OutcomeRelay implements FeedbackSink {
  readonly #target: () => FeedbackSink | undefined;
  readonly #listener: OutcomeListener;

  /** @param target where records go now; undefined while nothing may or can be stored. */
  constructor(target: () => FeedbackSink | undefined, listener: OutcomeListener) {
    this.#target = target;
    this.#listener = listener;
  }

  addCompletion(record: CompletionRecord): void {
    this.#target()?.addCompletion(record);
  }

  addDemonstration(record: DemonstrationRecord): void {
    this.#target()?.addDemonstration(record);
  }

  growCompletion(grown: GrownText): void {
    this.#target()?.growCompletion(grown);
  }

  setOutcome(report: OutcomeReport): void {
    this.#listener.outcome(report);
    this.#target()?.setOutcome(report);
  }

  addSurvival(id: CompletionId, survival: Survival): void {
    this.#listener.survival(id, survival);
    this.#target()?.addSurvival(id, survival);
  }

  setFinalText(id: CompletionId, finalText: string): void {
    this.#target()?.setFinalText(id, finalText);
  }

  countNothingOffered(reason: string): void {
    this.#target()?.countNothingOffered(reason);
  }
}
