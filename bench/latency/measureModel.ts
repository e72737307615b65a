import { setTimeout as sleep } from 'node:timers/promises';
import { shapeContext } from '../../src/completion/syntax/completionMode.ts';
import { findEnd } from '../../src/completion/trimming/findEnd.ts';
import type { Context } from '../../src/completion/prompt/context.ts';
import { commonLength } from '../../src/engine/commonLength.ts';
import { median, sumOf } from '../report/statistics.ts';
import type { StepProgress } from '../report/timeLeft.ts';
import type { LlamaServer } from './llamaServer.ts';
import { shippedSettings, type OurEngine, type TypedMoment } from './ourEngine.ts';
import type { LongRequest } from './prompts.ts';
import type { Stretch } from './stretches.ts';

/** Both sides, ready to answer, and what they are asked. */
export interface Match {
  readonly ours: OurEngine;
  readonly peer: LlamaServer;
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
  readonly promptTokens: readonly number[];
  /** Prompt tokens that the peer's cache had. */
  readonly peerCachedTokens: number;
}

/** What came of the typing. */
export interface TypingTimes {
  readonly asked: readonly MomentTimes[];
  /** Moments at which the completer knew the answer: it was given out before, or written ahead. */
  readonly knownCount: number;
  readonly knownMs: number;
}

/** A pause between turns: threads of the other side that still spin have gone to sleep. */
const settleMs = 50;

/**
 * Long prompts one after the other, each by ours and then by the peer.
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
  const whole = await ours.time({ ...request, maxNewTokens: shippedSettings.maxNewTokens });
  const tokenCount = whole.tokenCount;
  const times = { coldMs: cold.ms, decodeMsPerToken: perToken(whole.ms - first.ms, tokenCount) };
  return { tokens: cold.promptTokens, tokenCount, times };
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

/** Of fewer tokens the difference is smaller than what one run differs from the next. */
const fewestTokens = 8;

function perToken(ms: number, tokenCount: number): number {
  return tokenCount < fewestTokens ? NaN : ms / (tokenCount - 1);
}

/**
 * The stretches typed by both sides in turn: first ours, in the typist's rhythm; then the peer gets
 * the prompts of the moments at which ours had to write, with the same rests between them.
 *
 * Both are timed from when typing has rested as long as the debounce. Ours hears of every key as it
 * is pressed and works from then on, with the time that the rhythm leaves it; the peer is a server that
 * is asked at the end of the debounce. What it would take if it were asked at the key is told beside it.
 *
 * Our prompt ends before a half-typed word and the engine is held to what was typed of it. The peer
 * gets the same prompt with the tokens of the typed text behind it, so it has the same to read and
 * less to write. It is timed to the same moment, found by the same rule (`isReadyIn`), and its request
 * is ended then.
 */
export async function timeTyping({ ours, peer, stretches, progress }: Match): Promise<TypingTimes> {
  const asked: MomentTimes[] = [];
  const known: number[] = [];
  for (const stretch of stretches) {
    const moments = await ours.type(stretch);
    known.push(...moments.filter(({ promptTokens }) => promptTokens === undefined).map(({ ms }) => ms));
    await sleep(settleMs);
    asked.push(...(await typeAgain(peer, moments)));
    await sleep(settleMs);
    progress.done('typing');
  }
  return { asked, knownCount: known.length, knownMs: known.length === 0 ? 0 : median(known) };
}

async function typeAgain(peer: LlamaServer, moments: readonly TypedMoment[]): Promise<MomentTimes[]> {
  const times: MomentTimes[] = [];
  const { maxNewTokens } = shippedSettings;
  for (const { ms, restMs, context, promptTokens: tokens } of moments) {
    if (tokens === undefined) continue;
    const answer = await peer.complete({ tokens, maxNewTokens, isReady: isReadyIn(context) });
    times.push({ ours: ms, peer: answer.ms, promptTokens: tokens, peerCachedTokens: answer.cachedTokens });
    await sleep(Math.max(0, restMs - answer.ms));
  }
  return times;
}

/** The share of the peer's prompt tokens that its cache had, 0 to 1. */
export function peerReuseShare(moments: readonly MomentTimes[]): number {
  const cached = sumOf(moments.map(({ peerCachedTokens }) => peerCachedTokens));
  return cached / sumOf(moments.map(({ promptTokens }) => promptTokens.length));
}

/**
 * The share of all prompt tokens that stood at the start of an earlier prompt already, 0 to 1: what a
 * perfect cache need not compute again.
 */
export function knownTokenShare(prompts: readonly (readonly number[])[]): number {
  const known = prompts.map((prompt, i) =>
    Math.max(0, ...prompts.slice(0, i).map((earlier) => commonLength(earlier, prompt))),
  );
  return sumOf(known) / sumOf(prompts.map(({ length }) => length));
}

/**
 * Whether a text being written can be put on the screen, or is known to be none: the completion ends,
 * or its first line with something on it stands whole.
 */
export function isReadyIn(context: Context): (text: string) => boolean {
  const shaped = shapeContext(context);
  return (text) => text.trimStart().includes('\n') || findEnd(text, shaped, false) !== undefined;
}
