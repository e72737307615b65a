import * as z from 'zod';
import type { ClusterAddress, ClusterExportSettings, ClusterJobState } from './clusterClients.ts';
import type { ClusterExport } from './clusterExports.ts';
import { progressSchema } from './clusterLog.ts';
import { clusterMethods } from './clusterMethods.ts';
import { nothing, type Nothing } from '../protocol.ts';
import type { RpcNotification, RpcRequest } from '../rpc.ts';

const count = z.number().int().nonnegative();

const clusterAddress = z.object({ url: z.string(), token: z.string().optional(), isPlainMeant: z.boolean() });

const exportedFolder: z.ZodType<ClusterExport> = z.object({
  folder: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: count, rows: count.optional() })),
});

/** Writes what would travel to a cluster. */
export const clusterExport: RpcRequest<ClusterExportSettings, ClusterExport> = {
  method: 'clusterExport',
  params: z.object({
    model: z.string(),
    storePath: z.string(),
    hyperparameters: z.unknown().prefault({}),
    method: z.enum(clusterMethods),
    seed: z.number().int(),
    maxPromptTokens: count,
    maxNewTokens: count,
    storage: z.string(),
    workers: z.number().int().positive(),
    usesGpu: z.boolean(),
    basePath: z.string(),
    folder: z.string(),
  }),
  result: exportedFolder,
};

/** Names what would travel of exported folders. */
export const clusterPreview: RpcRequest<{ readonly folders: readonly string[] }, readonly ClusterExport[]> = {
  method: 'clusterPreview',
  params: z.object({ folders: z.array(z.string()) }),
  result: z.array(exportedFolder),
};

/** Sends exports, and starts a job on them. */
export const clusterSubmit: RpcRequest<
  { readonly address: ClusterAddress; readonly folders: readonly string[] },
  { readonly id: string }
> = {
  method: 'clusterSubmit',
  params: z.object({ address: clusterAddress, folders: z.array(z.string()) }),
  result: z.object({ id: z.string() }),
};

/** Waits for a job, and writes its adapter to a folder; told by `clusterProgress`. */
export const clusterFollow: RpcRequest<
  { readonly address: ClusterAddress; readonly id: string; readonly folder: string },
  Nothing
> = {
  method: 'clusterFollow',
  params: z.object({ address: clusterAddress, id: z.string(), folder: z.string() }),
  result: nothing,
};

/** Sent with each look at a job. */
export const clusterProgress: RpcNotification<ClusterJobState> = {
  method: 'clusterProgress',
  params: z.object({ status: z.string(), progress: progressSchema.optional() }),
};

/** Ends a job on its cluster. */
export const clusterStop: RpcRequest<{ readonly address: ClusterAddress; readonly id: string }, Nothing> = {
  method: 'clusterStop',
  params: z.object({ address: clusterAddress, id: z.string() }),
  result: nothing,
};
