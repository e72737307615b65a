import * as z from 'zod';
import {
  alternativeSchema,
  alternativesRequestSchema,
  completionRequestSchema,
  completionSchema,
  noCompletionSchema,
  prepareRequestSchema,
  type Alternative,
  type AlternativesRequest,
  type Completion,
  type CompletionId,
  type CompletionRequest,
  type CompletionResult,
  type PrepareRequest,
} from '../completion/completion.ts';
import type { AdapterId, PolicyId } from '../engine/policy.ts';
import { devices } from '../engine/runtime/devices.ts';
import { sentenceSchema } from '../sentences/sentenceSchema.ts';
import type { AnswerRequest, EngineFacts, EngineSettings, EngineState } from './clients.ts';
import { nothing, speedSchema, type Nothing } from './protocol.ts';
import type { ReferenceList } from './references.ts';
import type { RpcNotification, RpcRequest } from './rpc.ts';

const count = z.number().int().nonnegative();

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
  seesOnlyBefore: z.literal(true).optional(),
  seesProject: z.literal(true).optional(),
  notice: sentenceSchema.optional(),
});

/** Brings and loads a model with its serving adapter. Where that fails and another policy serves, that one stays. */
export const loadModel: RpcRequest<EngineSettings, Serving> = {
  method: 'loadModel',
  params: engineSettings,
  result: serving,
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
export const writeAlternatives: RpcRequest<AlternativesRequest, readonly Alternative[]> = {
  method: 'writeAlternatives',
  params: alternativesRequestSchema,
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
    speed: speedSchema,
    memoryBytes: count,
  }),
};
