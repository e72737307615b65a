import { Child } from './child.ts';
import type { RetrainSettings, RetrainSummary, TrainerClient } from './clients.ts';
import type { ChildClientOptions } from './engineChildClient.ts';
import { alreadyRunning, ProcessError, trainerDied } from './errors.ts';
import { completionWanted, requireSameVersion, retrain, retrainProgress } from './protocol.ts';

/** A cancelled trainer ends between two steps; one that is in the middle of a long one is not waited for. */
const graceMs = 2_000;

type RetrainOptions = Parameters<TrainerClient['retrain']>[1];

/** The trainer in a child process of its own for each run. */
export class TrainerChildClient implements TrainerClient {
  readonly #options: ChildClientOptions;
  #child: Child | undefined;

  constructor(options: ChildClientOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  async retrain(settings: RetrainSettings, options: RetrainOptions): Promise<RetrainSummary> {
    if (this.#child !== undefined) throw alreadyRunning();
    options.signal.throwIfAborted();
    const child = (this.#child = Child.launch(this.#options.entryPath, this.#options.log));
    try {
      return await this.#runIn(child, settings, options);
    } finally {
      child.dispose();
      await child.ended;
      this.#child = undefined;
    }
  }

  noteCompletionWanted(): void {
    this.#child?.rpc.notify(completionWanted, {});
  }

  dispose(): void {
    this.#child?.dispose();
  }

  async #runIn(
    child: Child,
    settings: RetrainSettings,
    { signal, onProgress }: RetrainOptions,
  ): Promise<RetrainSummary> {
    const { clock } = this.#options;
    const endSoon = (): unknown => clock.setTimer(graceMs, () => child.dispose());
    signal.addEventListener('abort', endSoon, { once: true });
    child.rpc.hear(retrainProgress, onProgress);
    child.rpc.listen();
    try {
      await requireSameVersion(child.rpc);
      return await child.rpc.request(retrain, settings, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw ProcessError.is(error, 'died') ? trainerDied(await child.ended) : error;
    } finally {
      signal.removeEventListener('abort', endSoon);
    }
  }
}
