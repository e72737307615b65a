import type { Clock } from '../completion/clock.ts';
import { Child } from './child.ts';
import type { Manifest } from '../trainer/manifest.ts';
import type {
  ExportSettings,
  ImportSettings,
  RetrainSettings,
  RetrainSummary,
  TrainerClient,
} from './clients.ts';
import { alreadyRunning, exchangeDied, ProcessError, trainerDied } from './errors.ts';
import {
  exportAdapter,
  importAdapter,
  loadProgress,
  requireSameVersion,
  retrain,
  retrainProgress,
} from './protocol.ts';
import type { Log, Rpc } from './rpc.ts';
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

type RunOptions = Parameters<TrainerClient['retrain']>[1];
type ExportOptions = Parameters<TrainerClient['exportAdapter']>[1];

/** How a run is ended early, and what it is when the process dies. */
interface RunEnd {
  readonly signal: AbortSignal;
  readonly died: (how: string) => ProcessError;
}

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

  retrain(settings: RetrainSettings, { signal, onProgress }: RunOptions): Promise<RetrainSummary> {
    const hear = (rpc: Rpc): void => rpc.hear(retrainProgress, onProgress);
    return this.#run(hear, (rpc) => rpc.request(retrain, settings, signal), { signal, died: trainerDied });
  }

  importAdapter(settings: ImportSettings, { signal, onProgress }: RunOptions): Promise<Manifest> {
    const hear = (rpc: Rpc): void => rpc.hear(retrainProgress, onProgress);
    const ask = (rpc: Rpc): Promise<Manifest> => rpc.request(importAdapter, settings, signal);
    return this.#run(hear, ask, { signal, died: exchangeDied });
  }

  async exportAdapter(settings: ExportSettings, { signal, onProgress }: ExportOptions): Promise<void> {
    const hear = (rpc: Rpc): void => rpc.hear(loadProgress, onProgress);
    const ask = (rpc: Rpc): Promise<unknown> => rpc.request(exportAdapter, settings, signal);
    await this.#run(hear, ask, { signal, died: exchangeDied });
  }

  noteCompletionWanted(): void {
    void touchWantedFile(this.#options.wantedFile);
  }

  dispose(): void {
    this.#child?.dispose();
  }

  /** One process for one request. */
  async #run<T>(hear: (rpc: Rpc) => void, ask: (rpc: Rpc) => Promise<T>, end: RunEnd): Promise<T> {
    if (this.#child !== undefined) throw alreadyRunning();
    end.signal.throwIfAborted();
    const { entryPath, wantedFile, log } = this.#options;
    const child = (this.#child = Child.launch(entryPath, [wantedFile], log));
    hear(child.rpc);
    try {
      return await this.#askChild(child, ask, end);
    } finally {
      child.dispose();
      await child.ended;
      this.#child = undefined;
    }
  }

  async #askChild<T>(child: Child, ask: (rpc: Rpc) => Promise<T>, { signal, died }: RunEnd): Promise<T> {
    const { clock } = this.#options;
    const endSoon = (): unknown => clock.setTimer(graceMs, () => child.dispose());
    signal.addEventListener('abort', endSoon, { once: true });
    child.rpc.listen();
    try {
      await requireSameVersion(child.rpc);
      return await ask(child.rpc);
    } catch (error) {
      signal.throwIfAborted();
      throw ProcessError.is(error, 'died') ? died(await child.ended) : error;
    } finally {
      signal.removeEventListener('abort', endSoon);
    }
  }
}
