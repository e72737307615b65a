import type { Generation, Policy, PreparingPolicy, WrittenTokens } from '../engine/policy.ts';
import type {
  Completion,
  CompletionId,
  CompletionRequest,
  CompletionResult,
  NoCompletion,
  NoCompletionReason,
  PrepareRequest,
  ResultsWatch,
  WritingWatch,
  WrittenText,
} from './completion.ts';
import { shapeContext } from './syntax/completionMode.ts';
import { isBeyondSure, offerEnds, surePart, surenessOf, type Sureness } from './trimming/confidence.ts';
import { isSureToGoOn, sureChars } from './trimming/goingOn.ts';
import { cursorLineOf, isAscii, isMidWord, normaliseText, type Context } from './prompt/context.ts';
import { firstLineOf } from './trimming/firstLine.ts';
import { buildPrompt, relatedTokens } from './prompt/prompt.ts';
import { modeSyntaxOf } from './syntax/modeSyntax.ts';
import { fitToSuffix, type Trimmed, type TrimmedText } from './trimming/trim.ts';
import { formAt, type WritingForm } from './prompt/writingForm.ts';

/** While the policy is sure of all of it, a text may have so many times the tokens that it may have else: ten lines or so of 20 tokens. */
const timesWhileSure = 3;

/**
 * The completion at a cursor, or why there is none: prompt, policy, trimming. This one function is
 * behind the editor, the command line and the benchmarks.
 *
 * @param watch hears of what is being written; the one who does not wait for all of it needs that.
 */
export async function completeAt(
  request: CompletionRequest,
  policy: Policy,
  signal: AbortSignal,
  watch?: WritingWatch,
): Promise<CompletionResult> {
  const [result] = await resultsAt({ ...request, count: 1 }, policy, signal, watch);
  return result ?? { kind: 'none', id: request.id, reason: 'midWord' };
}

/** Lets the policy read the prompt that a completion for the request would have, and write nothing. */
export async function prepareAt(
  request: PrepareRequest,
  policy: PreparingPolicy,
  signal: AbortSignal,
): Promise<void> {
  const context = shapeContext(request);
  if (isMidWord(cursorLineOf(context))) return;
  const { promptSuffix, related, maxPromptTokens } = request;
  const shown = promptSuffix === undefined ? context.suffix : normaliseText(promptSuffix);
  const { promptTokens } = buildPrompt({ ...context, suffix: shown }, policy.tokenizer, maxPromptTokens);
  await policy.prepare([...relatedTokens(related, policy.tokenizer), ...promptTokens], signal);
}

/** One result per continuation, equal ones too; none at all where a completion would stand in the way. */
export async function resultsAt(
  request: CompletionRequest,
  policy: Policy,
  signal: AbortSignal,
  watch: ResultsWatch = {},
): Promise<CompletionResult[]> {
  const startedMs = performance.now();
  const form = formAt(request, policy.tokenizer, await modeSyntaxOf(request.languageId));
  if (form === undefined) return [];
  const { prompt, related, context } = form;
  const promptTokens = [...related, ...prompt.promptTokens];
  const { count, temperature, maxNewTokens, seed } = request;
  const sureness = surenessOf(request, policy);
  const asked = { request, policy, form, sureness, startedMs };
  const tellFirstLine = watch.onFirstLine && firstLineTeller({ ...asked, index: 0 }, watch.onFirstLine);
  const shouldStop = (text: string, soFar: WrittenTokens): boolean => {
    const isSure = isLikeliest(request) && isSureToGoOn(soFar.logProbs, policy);
    if (watch.isEnough?.() === true || form.findEnd(text, isSure) !== undefined) return true;
    if (!isSure && soFar.tokens.length >= maxNewTokens) return true;
    watch.onText?.(text);
    tellFirstLine?.(text, soFar);
    return sureness !== undefined && isBeyondSure(text, soFar, sureness);
  };
  // More of the document than the prompt has room for, so that passages of it can be drafted.
  const references = [context.prefix, context.suffix, ...(request.references ?? [])];
  const onlyAscii = goesOnInAscii(request, context);
  const results: CompletionResult[] = [];
  const onEnd = (generation: Generation, index: number): void => {
    results[index] = toResult(generation, { ...asked, index });
    watch.onResult?.(results[index], index);
  };
  const generations = await policy.generate(
    {
      ...{ ...prompt, promptTokens, count, temperature, seed },
      maxNewTokens: isLikeliest(request) ? maxNewTokens * timesWhileSure : maxNewTokens,
      ...{ shouldStop, onEnd, references, onlyAscii },
    },
    signal,
  );
  return generations.map((generation, index) => results[index] ?? toResult(generation, { ...asked, index }));
}

/**
 * Whether a text is completed in ASCII: all of it that is near is, and so is the code of other files beside it. Who asks
 * in words may want any character.
 */
function goesOnInAscii({ instruction, related }: CompletionRequest, { prefix, suffix }: Context): boolean {
  if (instruction !== undefined) return false;
  return [prefix, suffix, ...(related?.pieces ?? []).map(({ text }) => text)].every(isAscii);
}

/** Whether what is written is what the policy believes in most, and not drawn among what it believes. */
function isLikeliest({ temperature }: Pick<CompletionRequest, 'temperature'>): boolean {
  return temperature === 0;
}

/** A request, and what came of it before the policy answered. */
interface Asked {
  readonly request: CompletionRequest;
  readonly policy: Policy;
  readonly form: WritingForm;
  /** Absent where whatever is written is offered. */
  readonly sureness: Sureness | undefined;
  readonly startedMs: number;
  readonly index: number;
}

/** Takes the text as it grows, and tells its first line once that is whole. */
function firstLineTeller(asked: Asked, tell: (firstLine: Completion) => void) {
  let isTold = false;
  return (text: string, soFar: WrittenTokens): void => {
    const line = isTold ? undefined : firstLineOf(text);
    if (line === undefined) return;
    isTold = true;
    const result = toResult({ ...soFar, text: line, finish: 'stopped' }, asked);
    if (result.kind === 'completion') tell({ ...result, isFirstLine: true });
  };
}

function toResult(generation: Generation, asked: Asked): CompletionResult {
  const { form, policy, startedMs } = asked;
  if (generation.finish === 'cancelled') return none(asked, 'cancelled');
  const written = writtenText(generation, asked);
  if (isSilent(generation)) return none(asked, 'silence', written);
  const sure = isLikeliest(asked.request) ? sureChars(generation, form.prompt.typedText, policy) : 0;
  const trimmed = form.trim(generation.text, isCutOff(generation, asked), sure);
  const isGivenUp = isTooUnsure(generation, asked);
  if (trimmed.kind === 'nothing') return none(asked, isGivenUp ? 'unsure' : trimmed.reason, written);
  const offered = surePartOf(trimmed, written, asked);
  if (offered.kind === 'nothing') return none(asked, 'unsure', written);
  const { text, replacedChars } = offered;
  const latencyMs = performance.now() - startedMs;
  return {
    kind: 'completion',
    id: idOf(asked),
    policyId: policy.id,
    text,
    replacedChars,
    ...(endsWithinLine(text, trimmed.text) && { endsWithinLine: true }),
    ...((isGivenUp || text !== trimmed.text) && { isSurePart: true }),
    written,
    latencyMs,
  };
}

/** Whether the policy had more to write than it may. */
function isCutOff({ finish, tokens, text }: Generation, { request, form }: Asked): boolean {
  if (finish === 'length') return true;
  const isFull = finish === 'stopped' && tokens.length >= request.maxNewTokens;
  return isFull && form.findEnd(text, false) === undefined;
}

/** Whether it was stopped before its end because nothing behind it could be sure enough any more. */
function isTooUnsure(generation: Generation, { sureness, form }: Asked): boolean {
  const { finish, text } = generation;
  if (sureness === undefined || finish !== 'stopped' || form.findEnd(text, false) !== undefined) return false;
  return isBeyondSure(text, generation, sureness);
}

/** What of a text is sure enough for the request. */
function surePartOf(whole: TrimmedText, written: WrittenText, { sureness, policy, form }: Asked): Trimmed {
  if (sureness === undefined) return whole;
  const ends = offerEnds(whole.text, written, policy.tokenizer);
  const text = surePart(whole.text, ends, sureness);
  return text === whole.text ? whole : fitToSuffix(text.trimEnd(), form.context);
}

/** Whether a part of a text ends where its line goes on. */
function endsWithinLine(part: string, whole: string): boolean {
  return /^[^\S\n]*[^\s]/.test(whole.slice(part.length));
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

function writtenText(generation: Generation, { request, form: { prompt } }: Asked): WrittenText {
  return {
    promptTokens: prompt.promptTokens,
    typedText: prompt.typedText,
    completionTokens: [...generation.tokens],
    behaviourLogProbs: [...generation.logProbs],
    freeFrom: generation.freeFrom,
    temperature: request.temperature,
  };
}
