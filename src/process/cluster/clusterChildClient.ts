import { ChildRuns, type ChildRunsOptions } from '../childRuns.ts';
import type { ClusterClient } from './clusterClients.ts';
import { clusterTalkDied as died } from '../errors.ts';
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
    this.#runs.request(clusterExport, settings, {
      ...{ signal, died },
      hear: (rpc) => rpc.hear(loadProgress, onProgress),
    });

  readonly preview: ClusterClient['preview'] = (folders, signal) =>
    this.#runs.request(clusterPreview, { folders }, { signal, died });

  readonly submit: ClusterClient['submit'] = async (address, folders, signal) => {
    const { id } = await this.#runs.request(clusterSubmit, { address, folders }, { signal, died });
    return id;
  };

  readonly follow: ClusterClient['follow'] = async (job, { signal, onProgress }) => {
    await this.#runs.request(clusterFollow, job, {
      ...{ signal, died },
      hear: (rpc) => rpc.hear(clusterProgress, onProgress),
    });
  };

  readonly stop: ClusterClient['stop'] = async (address, id, signal) => {
    await this.#runs.request(clusterStop, { address, id }, { signal, died });
  };

  dispose(): void {
    this.#runs.dispose();
  }
}
