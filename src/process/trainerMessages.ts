import * as z from 'zod';
import type { AdapterId } from '../engine/policy.ts';
import { devices } from '../engine/runtime/devices.ts';
import { sentenceSchema } from '../sentences/sentenceSchema.ts';
import { exportFormats } from '../trainer/adapters/exportFormats.ts';
import type { HeldOutTotals } from '../trainer/gate/heldOutTotals.ts';
import { manifestSchema, type Manifest } from '../trainer/adapters/manifest.ts';
import type { RetrainProgress } from '../trainer/retrainRun.ts';
import type {
  ExportSettings,
  ImportSettings,
  PredictedModel,
  PredictSettings,
  RetrainSettings,
  RetrainSummary,
} from './clients.ts';
import {
  exportFormats as feedbackFormats,
  type Exported,
  type Imported,
} from './exchange/feedbackExchange.ts';
import { nothing, speedSchema, type Nothing } from './protocol.ts';
import type { RpcNotification, RpcRequest } from './rpc.ts';
import type { StoreExport, StoreImport } from './exchange/storeExchange.ts';

const count = z.number().int().nonnegative();

const storageRules = z.object({
  excludedPatterns: z.array(z.string()),
  excludedIn: z.array(z.object({ folder: z.string(), patterns: z.array(z.string()) })).optional(),
  workspaceFolders: z.array(z.string()),
});

const heldOutTotals: z.ZodType<HeldOutTotals> = z.object({
  asked: count,
  shown: count,
  accepted: count,
  keptChars: count,
  refusedChars: count,
  typedChars: count,
});

const retrainSummary: z.ZodType<RetrainSummary> = z.object({
  manifest: manifestSchema,
  heldOut: z.object({ before: heldOutTotals, after: heldOutTotals }),
});

/** What a run needs that ends at the gate. */
const gateSettings = {
  model: z.string(),
  storePath: z.string(),
  adaptersFolder: z.string(),
  checkpointFolder: z.string(),
  threads: count,
  seed: z.number().int(),
  // JSON leaves out what is undefined.
  hyperparameters: z.unknown().prefault({}),
  maxPromptTokens: count,
  maxNewTokens: count,
  learnFrom: storageRules.extend({
    isOff: z.boolean(),
    refusedFolders: z.array(z.string()),
    mayAskGit: z.boolean(),
    ownLinesFirst: z.boolean(),
  }),
  projectCode: z.boolean(),
};

/** One retraining, to its verdict. */
export const retrain: RpcRequest<RetrainSettings, RetrainSummary> = {
  method: 'retrain',
  params: z.object({
    ...gateSettings,
    device: z.enum(['auto', ...devices]).optional(),
    untilMs: z.number().nonnegative().optional(),
    beginsWith: z
      .string()
      .transform((text) => text as AdapterId)
      .optional(),
  }),
  result: retrainSummary,
};

/** Takes an adapter in, to its verdict; told as a retraining is. */
export const importAdapter: RpcRequest<ImportSettings, Manifest> = {
  method: 'importAdapter',
  params: z.object({ ...gateSettings, path: z.string(), serves: z.boolean(), isSameBase: z.boolean() }),
  result: manifestSchema,
};

/** Writes an adapter. */
export const exportAdapter: RpcRequest<ExportSettings, Nothing> = {
  method: 'exportAdapter',
  params: z.object({
    adaptersFolder: z.string(),
    adapterId: z.string().transform((text) => text as AdapterId),
    format: z.enum(exportFormats),
    target: z.string(),
  }),
  result: nothing,
};

/** Sent as a retraining goes on, about once a second. */
export const retrainProgress: RpcNotification<RetrainProgress> = {
  method: 'retrainProgress',
  params: z.object({
    stage: z.enum(['sft', 'reward', 'judge', 'ppo', 'dpo', 'kto', 'gate']),
    step: z.number().nonnegative(),
    totalSteps: count,
    seconds: z.number().nonnegative(),
    secondsLeft: z.number().nonnegative().optional(),
    numbers: z.record(z.string(), z.number()),
  }),
};

/** How models will run that are not here. */
export const predictModels: RpcRequest<PredictSettings, { readonly models: readonly PredictedModel[] }> = {
  method: 'predictModels',
  params: z.object({ models: z.array(z.string()), threads: count }),
  result: z.object({
    models: z.array(z.object({ model: z.string(), speed: speedSchema, memoryBytes: z.number().positive() })),
  }),
};

/** Writes what a store holds to a file. */
export const exportFeedback: RpcRequest<StoreExport, Exported> = {
  method: 'exportFeedback',
  params: z.object({
    storePath: z.string(),
    file: z.string(),
    format: z.enum(feedbackFormats),
    isMarked: z.boolean().optional(),
  }),
  result: z.object({ rows: count, heldOut: count }),
};

/** Reads a file into a store. */
export const importFeedback: RpcRequest<StoreImport, Imported> = {
  method: 'importFeedback',
  params: z.object({
    storePath: z.string(),
    file: z.string(),
    nowMs: z.number().nonnegative(),
    rules: storageRules,
  }),
  result: z.object({
    added: count,
    known: count,
    notStored: z.record(z.string(), count),
    refused: count,
    problems: z.array(z.object({ line: count, why: sentenceSchema })),
  }),
};
