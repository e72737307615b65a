import { ChildRuns, type ChildRunsOptions } from '../childRuns.ts';
import type { Manifest } from '../../trainer/adapters/manifest.ts';
import type {
  ExportSettings,
  ImportSettings,
  LoadWatch,
  RetrainSettings,
  RetrainSummary,
  RunOptions,
  TrainerClient,
} from '../clients.ts';
import { exchangeDied, trainerDied } from '../errors.ts';
import { loadProgress } from '../protocol.ts';
import { exportAdapter, importAdapter, retrain, retrainProgress } from '../trainerMessages.ts';
import type { Rpc } from '../rpc.ts';

/** The trainer in a child process of its own for each run. */
export class TrainerChildClient implements TrainerClient {
  readonly #runs: ChildRuns;

  constructor(options: ChildRunsOptions) {
    this.#runs = new ChildRuns(options);
  }

  get isRunning(): boolean {
    return this.#runs.isRunning;
  }

  retrain(settings: RetrainSettings, { signal, ...heard }: RunOptions): Promise<RetrainSummary> {
    const hear = (rpc: Rpc): void => hearRun(rpc, heard);
    const ask = (rpc: Rpc): Promise<RetrainSummary> => rpc.request(retrain, settings, signal);
    return this.#runs.run({ hear, ask }, { signal, died: trainerDied });
  }

  importAdapter(settings: ImportSettings, { signal, ...heard }: RunOptions): Promise<Manifest> {
    const hear = (rpc: Rpc): void => hearRun(rpc, heard);
    const ask = (rpc: Rpc): Promise<Manifest> => rpc.request(importAdapter, settings, signal);
    return this.#runs.run({ hear, ask }, { signal, died: exchangeDied });
  }

  async exportAdapter(settings: ExportSettings, { signal, onProgress }: LoadWatch): Promise<void> {
    const hear = (rpc: Rpc): void => rpc.hear(loadProgress, onProgress);
    const ask = (rpc: Rpc): Promise<unknown> => rpc.request(exportAdapter, settings, signal);
    await this.#runs.run({ hear, ask }, { signal, died: exchangeDied });
  }

  dispose(): void {
    this.#runs.dispose();
  }
}

function hearRun(rpc: Rpc, { onProgress, onLoad = () => undefined }: Omit<RunOptions, 'signal'>): void {
  rpc.hear(retrainProgress, onProgress);
  rpc.hear(loadProgress, onLoad);
}
