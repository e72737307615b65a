import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import * as z from 'zod';
import { EngineError, type EngineErrorReason } from '../engine/errors.ts';
import { isAbort } from '../engine/invariant.ts';
import { StoreError, type StoreErrorReason } from '../feedback/errors.ts';
import { ForeseenError } from '../sentences/foreseenError.ts';
import { sentenceSchema } from '../sentences/sentenceSchema.ts';
import { TrainerError, type TrainerErrorReason } from '../trainer/errors.ts';
import { connectionLost, ProcessError, type ProcessErrorReason } from './errors.ts';

/** The handshake makes sure that both ends know the same reasons. */
function reasonSchema<T extends string>() {
  return z.string().transform((text) => text as T);
}

/** What every error of ours has besides its reason. */
const content = {
  sentence: sentenceSchema,
  details: z.record(z.string(), z.union([z.string(), z.number(), sentenceSchema])),
};

/** What an error is besides its message, as it travels in the `data` of a JSON-RPC error. */
const errorDataSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('engine'), reason: reasonSchema<EngineErrorReason>(), ...content }),
  z.object({ kind: z.literal('store'), reason: reasonSchema<StoreErrorReason>(), ...content }),
  z.object({ kind: z.literal('trainer'), reason: reasonSchema<TrainerErrorReason>(), ...content }),
  z.object({ kind: z.literal('process'), reason: reasonSchema<ProcessErrorReason>(), ...content }),
  z.object({ kind: z.literal('aborted') }),
  z.object({ kind: z.literal('unexpected') }),
]);

type ErrorData = z.infer<typeof errorDataSchema>;

/** An error as JSON-RPC sends it; `toError` makes the same error of it at the other end. */
export function toResponseError(error: unknown): ResponseError<ErrorData> {
  const message = error instanceof Error ? error.message : String(error);
  return new ResponseError(ErrorCodes.InternalError, message, dataOf(error));
}

/** Whether an error is none of those that are expected, so that its stack is worth a line in the log. */
export function isUnexpected(error: unknown): boolean {
  return dataOf(error).kind === 'unexpected';
}

function dataOf(error: unknown): ErrorData {
  if (EngineError.is(error)) return { kind: 'engine', reason: error.reason, ...contentOf(error) };
  if (StoreError.is(error)) return { kind: 'store', reason: error.reason, ...contentOf(error) };
  if (TrainerError.is(error)) return { kind: 'trainer', reason: error.reason, ...contentOf(error) };
  if (ProcessError.is(error)) return { kind: 'process', reason: error.reason, ...contentOf(error) };
  return isAbort(error) ? { kind: 'aborted' } : { kind: 'unexpected' };
}

function contentOf({ sentence, details }: ForeseenError): Pick<ForeseenError, 'sentence' | 'details'> {
  return { sentence, details };
}

/** The error that a failed request stands for: the one thrown at the other end, or that nobody is there. */
export function toError(failure: unknown): Error {
  if (!(failure instanceof ResponseError)) return connectionLost(failure);
  const data = errorDataSchema.safeParse(failure.data).data;
  return data === undefined ? connectionLost(failure) : revived(data, failure.message);
}

function revived(data: ErrorData, message: string): Error {
  switch (data.kind) {
    case 'engine':
      return new EngineError(data.reason, data.sentence, data.details);
    case 'store':
      return new StoreError(data.reason, data.sentence, data.details);
    case 'trainer':
      return new TrainerError(data.reason, data.sentence, data.details);
    case 'process':
      return new ProcessError(data.reason, data.sentence, data.details);
    case 'aborted':
      return new DOMException(message, 'AbortError');
    case 'unexpected':
      return new Error(message);
  }
}
