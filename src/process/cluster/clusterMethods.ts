import type { Hyperparameters } from '../../trainer/hyperparameters.ts';

/** What may follow SFT on a cluster: PPO as at home, DPO, or nothing. The stages of cluster/attune_cluster by their names. */
export const clusterMethods = ['ppo', 'dpo', 'sft'] as const;

export type ClusterMethod = (typeof clusterMethods)[number];

/** What follows SFT there where `method` does at home: the same. There is no KTO there; DPO, the other rung without rollouts, takes its place. */
export function clusterMethodOf(method: Hyperparameters['method']): ClusterMethod {
  return method === 'kto' ? 'dpo' : method;
}
