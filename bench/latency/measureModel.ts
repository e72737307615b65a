import { setTimeout as sleep } from 'node:timers/promises';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import { median, sumOf } from '../report/statistics.ts';
import type { StepProgress } from '../report/timeLeft.ts';
import { hasFirstLine } from './contestant.ts';
import type { LlamaServer } from './llamaServer.ts';
import type { OurEngine, TypedMoment } from './ourEngine.ts';
import type { LongRequest } from './prompts.ts';
import type { Stretch } from './stretches.ts';

/** Both sides, ready to answer, and what they are asked. */
export interface Match {
  readonly ours: OurEngine;
  readonly peer: LlamaServer;
  readonly tokenizer: Tokenizer;
  readonly longRequests: readonly LongRequest[];
  readonly stretches: readonly Stretch[];
  readonly progress: StepProgress;
}

/** A prompt of 512 tokens that neither side has seen, and how both write on from it. */
export interface LongPromptTimes {
  readonly coldMs: number;
  readonly decodeMsPerToken: number;
}

/** The same number from both sides. */
export interface Pair<T> {
  readonly ours: T;
  readonly peer: T;
}

/** One moment of the typing that both sides were asked at. */
export interface MomentTimes extends Pair<number> {
  readonly promptTokens: number;
  /** Prompt tokens that the peer's cache had. Undefined where its answer was ended when it was ready. */
  readonly peerCachedTokens: number | undefined;
}

/** What came of the typing. */
export interface TypingTimes {
  readonly asked: readonly MomentTimes[];
  /** Moments at which the completer knew the answer, so that no model was asked. */
  readonly knownCount: number;
  readonly knownMs: number;
}

/** As long as completions may become in the editor by default. */
const maxNewTokens = 64;

/** A pause between turns: threads of the other side that still spin have gone to sleep. */
const settleMs = 50;

/**
 * Long prompts one after the other, each by both sides; the side that begins changes.
 *
 *   cold    from the question to the first token, the prompt unknown
 *   decode  (time of N tokens - time of 1 token) / (N - 1), the prompt known by then
 *
 * N is what ours writes until the completion ends; the peer is made to write as many.
 */
export async function timeLongPrompts({
  ours,
  peer,
  longRequests,
  progress,
}: Match): Promise<Pair<LongPromptTimes>[]> {
  const times: Pair<LongPromptTimes>[] = [];
  for (const request of longRequests) {
    const our = await timeOurs(ours, request);
    await sleep(settleMs);
    times.push({ ours: our.times, peer: await timePeers(peer, our.tokens, our.tokenCount) });
    await sleep(settleMs);
    progress.done('prompts of 512 tokens');
  }
  return times;
}

async function timeOurs(ours: OurEngine, request: LongRequest) {
  const cold = await ours.time(request);
  const first = await ours.time(request);
  const whole = await ours.time({ ...request, maxNewTokens });
  const tokenCount = whole.tokenCount;
  const times = { coldMs: cold.ms, decodeMsPerToken: perToken(whole.ms - first.ms, tokenCount) };
  return { tokens: cold.prompt.tokens, tokenCount, times };
}

async function timePeers(
  peer: LlamaServer,
  tokens: readonly number[],
  tokenCount: number,
): Promise<LongPromptTimes> {
  const cold = await peer.complete({ tokens, maxNewTokens: 1 });
  const first = await peer.complete({ tokens, maxNewTokens: 1 });
  const whole = await peer.complete({ tokens, maxNewTokens: tokenCount });
  return { coldMs: cold.ms, decodeMsPerToken: perToken(whole.ms - first.ms, whole.tokenCount) };
}

function perToken(ms: number, tokenCount: number): number {
  return tokenCount < 2 ? NaN : ms / (tokenCount - 1);
}

/**
 * The stretches typed by both sides in turn: first ours, in the typist's rhythm; then the peer gets
 * the very prompts that our engine was asked, with the same rests between them.
 *
 * Our prompt ends before a half-typed word and the engine is held to what was typed of it. The peer
 * gets the same prompt with the tokens of the typed text behind it, so it has the same to read and
 * less to write. It is timed to the same moment: until the first line stands whole, when a client
 * would show it and end the request.
 */
export async function timeTyping({ ours, peer, stretches, progress }: Match): Promise<TypingTimes> {
  const asked: MomentTimes[] = [];
  const known: number[] = [];
  for (const stretch of stretches) {
    const moments = await ours.type(stretch);
    known.push(...moments.filter(({ prompt }) => prompt === undefined).map(({ ms }) => ms));
    asked.push(...(await typeAgain(peer, moments)));
    progress.done('typing');
  }
  return { asked, knownCount: known.length, knownMs: known.length === 0 ? 0 : median(known) };
}

async function typeAgain(peer: LlamaServer, moments: readonly TypedMoment[]): Promise<MomentTimes[]> {
  const times: MomentTimes[] = [];
  for (const { ms, restMs, prompt } of moments) {
    if (prompt === undefined) continue;
    const { tokens, request } = prompt;
    const answer = await peer.complete({ tokens, maxNewTokens: request.maxNewTokens, isReady: hasFirstLine });
    const { cachedTokens: peerCachedTokens } = answer;
    times.push({ ours: ms, peer: answer.ms, promptTokens: tokens.length, peerCachedTokens });
    await sleep(restMs - answer.ms);
  }
  return times;
}

/** The share of the peer's prompt tokens that its cache had, 0 to 1, where it said so. */
export function peerReuseShare(moments: readonly MomentTimes[]): number | undefined {
  const told = moments.filter(({ peerCachedTokens }) => peerCachedTokens !== undefined);
  if (told.length === 0) return undefined;
  const cached = sumOf(told.map(({ peerCachedTokens }) => peerCachedTokens!));
  return cached / sumOf(told.map(({ promptTokens }) => promptTokens));
}
