import { z } from 'zod';
import {
  alternativeSchema,
  completionRequestSchema,
  completionSchema,
  noCompletionSchema,
  prepareRequestSchema,
  type Completion,
  type CompletionId,
  type CompletionRequest,
  type CompletionResult,
  type PrepareRequest,
  type Alternative,
} from '../completion/completion.ts';
import type { AdapterId, PolicyId } from '../engine/policy.ts';
import { devices } from '../engine/runtime/devices.ts';
import { sentenceSchema } from '../sentences/sentence.ts';
import { exportFormats } from '../trainer/exportFormats.ts';
import type { HeldOutTotals } from '../trainer/heldOutTotals.ts';
import { manifestSchema, type Manifest } from '../trainer/manifest.ts';
import type { RetrainProgress } from '../trainer/retrainRun.ts';
import type {
  AnswerRequest,
  EngineFacts,
  EngineSettings,
  EngineState,
  ExportSettings,
  ImportSettings,
  LoadProgress,
  RetrainSettings,
  RetrainSummary,
} from './clients.ts';
import type { ClusterAddress, ClusterExportSettings, ClusterJobState } from './clusterClients.ts';
import type { ClusterExport } from './clusterExports.ts';
import { progressSchema } from './clusterLog.ts';
import { otherProtocol } from './errors.ts';
import type { ReferenceList } from './references.ts';
import type { Rpc, RpcNotification, RpcRequest } from './rpc.ts';

/*
 * What the extension host says to its children and they to it. Every message is one of the constants
 * below; its payload is parsed where it arrives.
 */

/** Raised with every change of a message, so that an old process and a new one refuse each other. */
export const protocolVersion = 9;

const count = z.number().int().nonnegative();
const nothing = z.object({});

type Nothing = z.infer<typeof nothing>;

/** The first request to any child; its shape never changes, so that all versions understand it. */
export const greet: RpcRequest<Nothing, { readonly protocolVersion: number }> = {
  method: 'greet',
  params: nothing,
  result: z.object({ protocolVersion: z.number() }),
};

/** Makes sure that the other end is of this version. Throws ProcessError 'otherVersion'. */
export async function requireSameVersion(rpc: Rpc): Promise<void> {
  const theirs = await rpc.request(greet, {});
  if (theirs.protocolVersion !== protocolVersion)
    throw otherProtocol(protocolVersion, theirs.protocolVersion);
}

/** Which build of Attune a process runs. */
export interface Build {
  /** Of the extension: numbers between dots. */
  readonly version: string;
  readonly protocolVersion: number;
}

const build: z.ZodType<Build> = z.object({ version: z.string(), protocolVersion: z.number() });

/** Below 0 when `a` is older than `b`, above 0 when it is newer, 0 when both understand each other. */
export function compareBuilds(a: Build, b: Build): number {
  const byVersion = a.version.localeCompare(b.version, 'en', { numeric: true });
  return byVersion === 0 ? a.protocolVersion - b.protocolVersion : byVersion;
}

/**
 * The first request of a window to an engine that it may share, answered with the engine's build. All
 * versions understand it and `retire`. Only an equal build may ask for more, a newer one for `retire`.
 */
export const enter: RpcRequest<Build & { readonly token: string }, Build> = {
  method: 'enter',
  params: z.object({ version: z.string(), protocolVersion: z.number(), token: z.string() }),
  result: build,
};

/** Asks an engine of an older build to end after the completions that it is writing. */
export const retire: RpcNotification<Nothing> = { method: 'retire', params: nothing };

/** The last that the windows of an engine hear that ends for a newer build's sake. */
export const retiring: RpcNotification<Nothing> = { method: 'retiring', params: nothing };

const engineSettings = z.object({
  model: z.string(),
  adaptersFolder: z.string(),
  device: z.enum(['auto', ...devices]),
  threads: count,
});

/** What the engine serves. */
export type Serving = Omit<Extract<EngineState, { kind: 'ready' }>, 'kind'>;

const serving = z.object({
  policyId: z.string().transform((text) => text as PolicyId),
  adapterId: z
    .string()
    .transform((text) => text as AdapterId)
    .optional(),
  notice: sentenceSchema.optional(),
});

/** Brings and loads a model with its serving adapter. Where that fails and another policy serves, that one stays. */
export const loadModel: RpcRequest<EngineSettings, Serving> = {
  method: 'loadModel',
  params: engineSettings,
  result: serving,
};

/** Sent now and then while a model is brought and loaded, and while an adapter is merged. */
export const loadProgress: RpcNotification<LoadProgress> = {
  method: 'loadProgress',
  params: z.object({
    phase: z.string(),
    doneBytes: z.number().nonnegative(),
    totalBytes: z.number().nonnegative(),
  }),
};

/** Reads again which adapter serves. */
export const useServingAdapter: RpcRequest<Nothing, Serving> = {
  method: 'useServingAdapter',
  params: nothing,
  result: serving,
};

/** Tells every window of an engine that another adapter serves, or none, or the same on another device. */
export const servingChanged: RpcNotification<Serving> = { method: 'servingChanged', params: serving };

/** Tells before a completion is asked for which references it and the next may use, where those have changed. */
export const showReferences: RpcNotification<{ readonly list: ReferenceList }> = {
  method: 'showReferences',
  params: z.object({ list: z.array(z.union([count, z.string()])) }),
};

/** A completion for one cursor. Its references are told before, by `showReferences`. */
export const complete: RpcRequest<Omit<CompletionRequest, 'references'>, CompletionResult> = {
  method: 'complete',
  params: completionRequestSchema.omit({ references: true }),
  result: z.discriminatedUnion('kind', [completionSchema, noCompletionSchema]),
};

/** Tells the first line of a completion of several while the rest is being written; its id is the request's. */
export const firstLineWritten: RpcNotification<Completion> = {
  method: 'firstLineWritten',
  params: completionSchema,
};

/** Tells with every token what a completion has at its cursor so far. */
export const textWritten: RpcNotification<{ readonly id: CompletionId; readonly text: string }> = {
  method: 'textWritten',
  params: completionSchema.pick({ id: true, text: true }),
};

/** Reads the prompt of a completion that may be wanted soon; answered when it is read, or cancelled. */
export const prepare: RpcRequest<PrepareRequest, Nothing> = {
  method: 'prepare',
  params: prepareRequestSchema,
  result: nothing,
};

/** Different completions for one cursor. */
export const writeAlternatives: RpcRequest<CompletionRequest, readonly Alternative[]> = {
  method: 'writeAlternatives',
  params: completionRequestSchema,
  result: z.array(alternativeSchema),
};

/** Tells one of the completions that a request asked for while others are being written. */
export const alternativeWritten: RpcNotification<{
  readonly requestId: CompletionId;
  readonly alternative: Alternative;
}> = {
  method: 'alternativeWritten',
  params: z.object({ requestId: completionSchema.shape.id, alternative: alternativeSchema }),
};

/** What the base model, or the policy that serves, answers to plain words. */
export const answerWords: RpcRequest<AnswerRequest, { readonly text: string }> = {
  method: 'answerWords',
  params: z.object({ words: z.string(), policy: z.enum(['base', 'serving']) }),
  result: z.object({ text: z.string() }),
};

/** How the policy runs, measured now. */
export const measure: RpcRequest<Nothing, EngineFacts> = {
  method: 'measure',
  params: nothing,
  result: z.object({
    model: z.string(),
    device: z.enum(devices),
    why: sentenceSchema,
    runtimeVersion: z.string(),
    speed: z.object({ promptTokensPerSecond: z.number().positive(), msPerToken: z.number().positive() }),
    memoryBytes: count,
  }),
};

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
};

/** One retraining, to its verdict. */
export const retrain: RpcRequest<RetrainSettings, RetrainSummary> = {
  method: 'retrain',
  params: z.object({
    ...gateSettings,
    learnFrom: z.object({
      excludedPatterns: z.array(z.string()),
      workspaceFolders: z.array(z.string()),
    }),
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
    numbers: z.record(z.string(), z.number()),
  }),
};

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
    method: z.enum(['dpo', 'sft']),
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
