import type { NextToken } from './sampling.ts';

/** New tokens to compute behind a cache. */
export interface TokenPass {
  /** The same number for every text of the cache. */
  readonly tokens: readonly (readonly number[])[];
  /** Behind how many of the last tokens of each text the next one is wanted; at least 1. */
  readonly wantedRows: number;
  /** 0 leaves the logits as they are, like 1. */
  readonly temperature: number;
  /** Whether all logits are wanted or only the likeliest token: copying V floats a row takes time. */
  readonly needsLogits: boolean;
  /** Whether only tokens of ASCII may come next; a head in two parts computes less then. */
  readonly onlyAscii: boolean;
}

/** The keys and values of a batch of texts, in whatever memory, with a policy that goes on behind them. */
export interface TextCache {
  /** Bytes of all keys and values, room that is not filled included. */
  readonly bytes: number;
  /** Forgets what stands behind `length` in every text. */
  truncate(length: number): void;
  /** A cache of its own with the first `length` positions of every text. */
  beginning(length: number): TextCache;
  /** A cache of `batch` texts that all begin as this one text does. */
  repeated(batch: number): TextCache;
  /** Takes the new tokens in and gives what comes behind the wanted rows, text after text. */
  run(pass: TokenPass): Promise<NextToken[]>;
  /** Gives the memory back once runs that were asked for before are done. */
  dispose(): void;
}

/** The graph of one policy, run by run. */
export interface Passes {
  /** Runs so far. */
  readonly runCount: number;
  /** A cache of one text without tokens. */
  emptyCache(): TextCache;
}

/** Row numbers of the wanted rows among all B*T. */
export function wantedRows({ tokens, wantedRows }: TokenPass): number[] {
  return tokens.flatMap((row, text) =>
    Array.from({ length: wantedRows }, (_, i) => (text + 1) * row.length - wantedRows + i),
  );
}
