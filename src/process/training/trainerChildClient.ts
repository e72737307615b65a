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
    return this.#runs.request(retrain, settings, { signal, died: trainerDied, hear });
  }

  importAdapter(settings: ImportSettings, { signal, ...heard }: RunOptions): Promise<Manifest> {
    const hear = (rpc: Rpc): void => hearRun(rpc, heard);
    return this.#runs.request(importAdapter, settings, { signal, died: exchangeDied, hear });
  }

  async exportAdapter(settings: ExportSettings, { signal, onProgress }: LoadWatch): Promise<void> {
    const hear = (rpc: Rpc): void => rpc.hear(loadProgress, onProgress);
    await this.#runs.request(exportAdapter, settings, { signal, died: exchangeDied, hear });
  }

  dispose(): void {
    this.#runs.dispose();
  }
}

function hearRun(rpc: Rpc, { onProgress, onLoad = () => undefined }: Omit<RunOptions, 'signal'>): void {
  rpc.hear(retrainProgress, onProgress);
  rpc.hear(loadProgress, onLoad);
}
