import type { Generation, Policy } from '../engine/policy.ts';
import type {
  Completion,
  CompletionId,
  CompletionRequest,
  CompletionResult,
  NoCompletion,
  NoCompletionReason,
  WrittenText,
} from './completion.ts';
import { shapeContext, type ShapedContext } from './completionMode.ts';
import { cursorLineOf, isMidWord } from './context.ts';
import { findEnd } from './findEnd.ts';
import type { HealedPrompt } from './healPrompt.ts';
import { buildPrompt } from './prompt.ts';
import { trimCompletion } from './trim.ts';

/**
 * The completion at a cursor, or why there is none: prompt, policy, trimming. This one function is
 * behind the editor, the command line and the benchmarks.
 */
export async function completeAt(
  request: CompletionRequest,
  policy: Policy,
  signal: AbortSignal,
): Promise<CompletionResult> {
  const [result] = await resultsAt({ ...request, count: 1 }, policy, signal);
  return result ?? { kind: 'none', id: request.id, reason: 'midWord' };
}

/**
 * Up to `request.count` different completions for one cursor, in the order they were written; texts
 * that are equal after trimming count once. Each has an id and a written text of its own.
 */
export async function alternativesAt(
  request: CompletionRequest,
  policy: Policy,
  signal: AbortSignal,
): Promise<readonly Completion[]> {
  const results = await resultsAt(request, policy, signal);
  const offered = results.filter((result) => result.kind === 'completion');
  return offered.filter(({ text }, i) => offered.findIndex((other) => other.text === text) === i);
}

/** One result per continuation, equal ones too; none at all where a completion would stand in the way. */
export async function resultsAt(
  request: CompletionRequest,
  policy: Policy,
  signal: AbortSignal,
): Promise<CompletionResult[]> {
  const startedMs = performance.now();
  const context = shapeContext(request);
  if (isMidWord(cursorLineOf(context))) return [];
  const prompt = buildPrompt(context, policy.tokenizer, request.maxPromptTokens);
  const { count, temperature, maxNewTokens, seed } = request;
  const shouldStop = (text: string): boolean => findEnd(text, context, false) !== undefined;
  // More of the document than the prompt has room for, so that passages of it can be drafted.
  const references = [context.prefix, context.suffix];
  const generations = await policy.generate(
    { ...prompt, count, temperature, maxNewTokens, seed, shouldStop, references },
    signal,
  );
  return generations.map((generation, index) =>
    toResult(generation, { request, policy, context, prompt, startedMs, index }),
  );
}

/** A request, and what came of it before the policy answered. */
interface Asked {
  readonly request: CompletionRequest;
  readonly policy: Policy;
  readonly context: ShapedContext;
  readonly prompt: HealedPrompt;
  readonly startedMs: number;
  readonly index: number;
}

function toResult(generation: Generation, asked: Asked): CompletionResult {
  const { context, policy, startedMs } = asked;
  if (generation.finish === 'cancelled') return none(asked, 'cancelled');
  const written = writtenText(generation, asked);
  if (isSilent(generation)) return none(asked, 'silence', written);
  const trimmed = trimCompletion(generation.text, context, generation.finish === 'length');
  if (trimmed.kind === 'nothing') return none(asked, trimmed.reason, written);
  const { text, replacedChars } = trimmed;
  const latencyMs = performance.now() - startedMs;
  return {
    kind: 'completion',
    id: idOf(asked),
    policyId: policy.id,
    text,
    replacedChars,
    written,
    latencyMs,
  };
}

/** The policy's first free choice was to write nothing. */
function isSilent({ text, finish }: Generation): boolean {
  return finish === 'endOfText' && text === '';
}

function none(asked: Asked, reason: NoCompletionReason, written?: WrittenText): NoCompletion {
  const { id: policyId } = asked.policy;
  return { kind: 'none', id: idOf(asked), reason, policyId, ...(written === undefined ? {} : { written }) };
}

/** Alternatives share the request, so their place in it makes their ids. */
function idOf({ request, index }: Asked): CompletionId {
  return request.count === 1 ? request.id : (`${request.id}#${index + 1}` as CompletionId);
}

function writtenText(generation: Generation, { request, prompt }: Asked): WrittenText {
  return {
    promptTokens: prompt.promptTokens,
    typedText: prompt.typedText,
    completionTokens: [...generation.tokens],
    behaviourLogProbs: [...generation.logProbs],
    freeFrom: generation.freeFrom,
    temperature: request.temperature,
  };
}
