import type { CompletionId } from '../../completion/completion.ts';
import type { CompletionRecord, DemonstrationRecord, Survival } from '../../feedback/completionRecord.ts';
import type { FeedbackSink, GrownText, OutcomeReport } from '../../feedback/storing/feedbackStore.ts';

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
  readonly #pass: (tell: (sink: FeedbackSink) => void) => void;
  readonly #listener: OutcomeListener;

  /** @param pass hands on what there is to tell in its order, or lets it fall while nothing may or can be stored. */
  constructor(pass: (tell: (sink: FeedbackSink) => void) => void, listener: OutcomeListener) {
    this.#pass = pass;
    this.#listener = listener;
  }

  addCompletion(record: CompletionRecord): void {
    this.#pass((sink) => sink.addCompletion(record));
  }

  addDemonstration(record: DemonstrationRecord): void {
    this.#pass((sink) => sink.addDemonstration(record));
  }

  growCompletion(grown: GrownText, documentUri: string): void {
    this.#pass((sink) => sink.growCompletion(grown, documentUri));
  }

  setOutcome(report: OutcomeReport): void {
    this.#listener.outcome(report);
    this.#pass((sink) => sink.setOutcome(report));
  }

  addSurvival(id: CompletionId, survival: Survival): void {
    this.#listener.survival(id, survival);
    this.#pass((sink) => sink.addSurvival(id, survival));
  }

  setFinalText(id: CompletionId, finalText: string, documentUri: string): void {
    this.#pass((sink) => sink.setFinalText(id, finalText, documentUri));
  }

  countNothingOffered(reason: string): void {
    this.#pass((sink) => sink.countNothingOffered(reason));
  }
}
