import { ChildRuns, type ChildRunsOptions, type RunEnd } from './childRuns.ts';
import type { FeedbackExchangeClient } from './clients.ts';
import { feedbackExchangeDied } from './errors.ts';
import { exportFeedback, importFeedback } from './trainerMessages.ts';

/**
 * The trainer's program as what writes and reads files of feedback: thousands of records are a second of work, in
 * which an editor would stand still. A process of its own for each file, beside any retraining.
 */
export class FeedbackChildClient implements FeedbackExchangeClient {
  readonly #runs: ChildRuns;
  readonly #end: RunEnd = { signal: new AbortController().signal, died: feedbackExchangeDied };

  constructor(options: ChildRunsOptions) {
    this.#runs = new ChildRuns(options);
  }

  readonly exportFeedback: FeedbackExchangeClient['exportFeedback'] = (settings) =>
    this.#runs.run({ ask: (rpc) => rpc.request(exportFeedback, settings) }, this.#end);

  readonly importFeedback: FeedbackExchangeClient['importFeedback'] = (settings) =>
    this.#runs.run({ ask: (rpc) => rpc.request(importFeedback, settings) }, this.#end);

  dispose(): void {
    this.#runs.dispose();
  }
}
