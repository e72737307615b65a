/** What a policy did since it was loaded. What one request took is the difference of two. */
export interface Effort {
  /** Tokens of all prompts. */
  readonly promptTokens: number;
  /** Those of them whose keys and values were at hand. */
  readonly reusedTokens: number;
  /** Runs of the serving graph. */
  readonly passes: number;
  /** Tokens of all continuations. */
  readonly writtenTokens: number;
  /** Tokens that were proposed. */
  readonly draftedTokens: number;
  /** Those of them that the policy would have written itself. */
  readonly acceptedTokens: number;
}

/** An effort while it is added up; runs are counted where they are made. */
export type EffortCount = { -readonly [K in Exclude<keyof Effort, 'passes'>]: Effort[K] };

/** The effort of a policy that did nothing yet. */
export function noEffort(): EffortCount {
  return {
    promptTokens: 0,
    reusedTokens: 0,
    writtenTokens: 0,
    draftedTokens: 0,
    acceptedTokens: 0,
  };
}
