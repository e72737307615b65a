/** What may follow SFT on a cluster: PPO as at home, DPO, or nothing. The stages of cluster/attune_cluster by their names. */
export const clusterMethods = ['ppo', 'dpo', 'sft'] as const;

export type ClusterMethod = (typeof clusterMethods)[number];
