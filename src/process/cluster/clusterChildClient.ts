import { ChildRuns, type ChildRunsOptions, type RunEnd } from '../childRuns.ts';
import type { ClusterClient } from './clusterClients.ts';
import { clusterTalkDied } from '../errors.ts';
import {
  clusterExport,
  clusterFollow,
  clusterPreview,
  clusterProgress,
  clusterStop,
  clusterSubmit,
} from './clusterMessages.ts';
import { loadProgress } from '../protocol.ts';

/** The trainer's program as what talks to clusters: a process of its own for each request, beside any retraining. */
export class ClusterChildClient implements ClusterClient {
  readonly #runs: ChildRuns;

  constructor(options: ChildRunsOptions) {
    this.#runs = new ChildRuns(options);
  }

  readonly exportWork: ClusterClient['exportWork'] = (settings, { signal, onProgress }) =>
    this.#runs.run(
      {
        hear: (rpc) => rpc.hear(loadProgress, onProgress),
        ask: (rpc) => rpc.request(clusterExport, settings, signal),
      },
      ended(signal),
    );

  readonly preview: ClusterClient['preview'] = (folders, signal) =>
    this.#runs.run({ ask: (rpc) => rpc.request(clusterPreview, { folders }, signal) }, ended(signal));

  readonly submit: ClusterClient['submit'] = async (address, folders, signal) => {
    const ask = { address, folders };
    const { id } = await this.#runs.run(
      { ask: (rpc) => rpc.request(clusterSubmit, ask, signal) },
      ended(signal),
    );
    return id;
  };

  readonly follow: ClusterClient['follow'] = async (job, { signal, onProgress }) => {
    await this.#runs.run(
      {
        hear: (rpc) => rpc.hear(clusterProgress, onProgress),
        ask: (rpc) => rpc.request(clusterFollow, job, signal),
      },
      ended(signal),
    );
  };

  readonly stop: ClusterClient['stop'] = async (address, id, signal) => {
    await this.#runs.run({ ask: (rpc) => rpc.request(clusterStop, { address, id }, signal) }, ended(signal));
  };

  dispose(): void {
    this.#runs.dispose();
  }
}

function ended(signal: AbortSignal): RunEnd {
  return { signal, died: clusterTalkDied };
}
