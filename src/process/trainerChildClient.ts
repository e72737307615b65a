import type { Clock } from '../completion/clock.ts';
import { Child } from './child.ts';
import type { RetrainSettings, RetrainSummary, TrainerClient } from './clients.ts';
import { alreadyRunning, ProcessError, trainerDied } from './errors.ts';
import { requireSameVersion, retrain, retrainProgress } from './protocol.ts';
import type { Log } from './rpc.ts';
import { touchWantedFile } from './wantedFile.ts';

/** What a client of the trainer is made of. */
export interface TrainerClientOptions {
  /** The program of the child: a bundle, or the source where Node runs it. */
  readonly entryPath: string;
  /** By which all windows tell the one retraining of the user that a completion is wanted. */
  readonly wantedFile: string;
  /** Takes what the child writes, line by line. */
  readonly log: Log;
  readonly clock: Clock;
}

/** A cancelled trainer ends between two steps; one that is in the middle of a long one is not waited for. */
const graceMs = 2_000;

type RetrainOptions = Parameters<TrainerClient['retrain']>[1];

/** The trainer in a child process of its own for each run. */
export class TrainerChildClient implements TrainerClient {
  readonly #options: TrainerClientOptions;
  #child: Child | undefined;

  constructor(options: TrainerClientOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  async retrain(settings: RetrainSettings, options: RetrainOptions): Promise<RetrainSummary> {
    if (this.#child !== undefined) throw alreadyRunning();
    options.signal.throwIfAborted();
    const { entryPath, wantedFile, log } = this.#options;
    const child = (this.#child = Child.launch(entryPath, [wantedFile], log));
    try {
      return await this.#runIn(child, settings, options);
    } finally {
      child.dispose();
      await child.ended;
      this.#child = undefined;
    }
  }

  noteCompletionWanted(): void {
    void touchWantedFile(this.#options.wantedFile);
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
