import { ChildRuns, type ChildRunsOptions } from '../childRuns.ts';
import type { FeedbackExchangeClient } from '../clients.ts';
import { feedbackExchangeDied } from '../errors.ts';
import { exportFeedback, importFeedback } from '../trainerMessages.ts';

/**
 * The trainer's program as what writes and reads files of feedback: thousands of records are a second of work, in
 * which an editor would stand still. A process of its own for each file, beside any retraining.
 */
export class FeedbackChildClient implements FeedbackExchangeClient {
  readonly #runs: ChildRuns;

  constructor(options: ChildRunsOptions) {
    this.#runs = new ChildRuns(options);
  }

  readonly exportFeedback: FeedbackExchangeClient['exportFeedback'] = (settings, signal) =>
    this.#runs.request(exportFeedback, settings, { signal, died: feedbackExchangeDied });

  readonly importFeedback: FeedbackExchangeClient['importFeedback'] = (settings, signal) =>
    this.#runs.request(importFeedback, settings, { signal, died: feedbackExchangeDied });

  dispose(): void {
    this.#runs.dispose();
  }
}
