import type { Tokenizer } from './tokenizer/tokenizer.ts';

/** Which weights wrote a text: base model plus adapter. Two policies never share an id. */
export type PolicyId = string & { readonly __brand: 'PolicyId' };

/** Which LoRA adapter: the name of its folder in the adapter store. */
export type AdapterId = string & { readonly __brand: 'AdapterId' };

/** The id of a base model with an adapter on it, or of the bare base model. */
export function policyIdOf(model: string, adapter: AdapterId | undefined): PolicyId {
  return (adapter === undefined ? model : `${model}+${adapter}`) as PolicyId;
}

/** The base model of a policy that `policyIdOf` names with that adapter. */
export function baseModelOf(policy: PolicyId, adapter: AdapterId | undefined): string {
  return adapter === undefined ? policy : policy.slice(0, -`+${adapter}`.length);
}

/** What the policy is asked to write. */
export interface GenerateRequest {
  /** The prompt, ending at a token boundary that no continuation can move (see `healPrompt`). */
  readonly promptTokens: readonly number[];
  /** Text behind the prompt that is already in the document: every continuation starts with it. */
  readonly typedText: string;
  /** How many continuations, written as one batch; at least 1. */
  readonly count: number;
  /** 0 takes the likeliest token each time; above 0 samples from softmax(logits / temperature). */
  readonly temperature: number;
  /** At most this many tokens each, those that spell `typedText` included. */
  readonly maxNewTokens: number;
  /** Seed of the sampling stream; the same request with the same seed gives the same text. */
  readonly seed: number;
  /**
   * Asked after every token with the text written so far, `typedText` not included, and its tokens;
   * true ends that continuation. Absent: it ends at an end-of-text token or at `maxNewTokens`.
   */
  readonly shouldStop?: (text: string, soFar: WrittenTokens) => boolean;
  /** Told of every continuation as it ends, while others may go on, and which of them it is, from 0. */
  readonly onEnd?: (generation: Generation, index: number) => void;
  /**
   * Texts that the continuation may repeat passages of, such as the rest of the document. They change
   * nothing in what is written, only how soon it is. Absent: the prompt alone.
   */
  readonly references?: readonly string[];
  /**
   * The text so far is ASCII, and what is written shall be: a policy may leave all other tokens out where that is
   * faster. Absent: it may write any token.
   */
  readonly onlyAscii?: boolean;
}

/** The tokens of one continuation, while it is written and when it has ended. */
export interface WrittenTokens {
  /** Every token written, an end-of-text token included when there is one. */
  readonly tokens: readonly number[];
  /**
   * Natural log-probability of each token under softmax(logits / temperature), temperature 1 when greedy;
   * while `typedText` is spelled, among the tokens that spell it.
   */
  readonly logProbs: readonly number[];
  /**
   * Index of the first token the policy chose freely. Tokens before it were held to `typedText`,
   * so they are part of what it was given and never part of a loss.
   */
  readonly freeFrom: number;
}

/** One continuation as the policy wrote it. */
export interface Generation extends WrittenTokens {
  /** The text behind `typedText`, special tokens left out. */
  readonly text: string;
  readonly finish: 'endOfText' | 'stopped' | 'length' | 'cancelled';
}

/**
 * How the probability of what a policy writes becomes the chance that a character of it is kept:
 * sigmoid(intercept + slope * logit(probability)), so that 0 and 1 leave it as it is. Platt 1999, "Probabilistic outputs
 * for support vector machines", over the logit.
 */
export interface ChanceCurve {
  readonly intercept: number;
  /** Above 0. */
  readonly slope: number;
}

/** How often a policy is right, as measured. */
export interface Calibration extends ChanceCurve {
  /** Of the lines that it goes on with behind its line or statement; absent where that was not measured. */
  readonly further?: ChanceCurve | undefined;
}

/** A language model that writes code: base weights and, perhaps, one adapter. */
export interface Policy {
  readonly id: PolicyId;
  readonly tokenizer: Tokenizer;
  /** Absent where its chances of being kept were never measured. */
  readonly calibration?: Calibration | undefined;
  /**
   * The continuations of one prompt. Cancelled within one token: what was written until then comes
   * back with `finish` 'cancelled'.
   */
  generate(request: GenerateRequest, signal: AbortSignal): Promise<readonly Generation[]>;
}

/** The same policy, knowing its chances. */
export function calibrated(policy: Policy, calibration: Calibration | undefined): Policy {
  const { id, tokenizer } = policy;
  return { id, tokenizer, calibration, generate: (request, signal) => policy.generate(request, signal) };
}

/** A policy that can be set to work before it is asked to write. */
export interface PreparingPolicy extends Policy {
  /**
   * Reads a prompt and writes nothing, so that a continuation of it begins sooner. Resolves when all
   * of it is read, or within one run of the model once it is cancelled.
   */
  prepare(promptTokens: readonly number[], signal: AbortSignal): Promise<void>;
}
