import { retrainMethods } from '../../trainer/hyperparameters.ts';

/** What may follow SFT on a cluster: what may at home, or nothing. The stages of cluster/attune_cluster by their names. */
export const clusterMethods = [...retrainMethods, 'sft'] as const;

export type ClusterMethod = (typeof clusterMethods)[number];
