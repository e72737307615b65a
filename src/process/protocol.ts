import * as z from 'zod';
import type { Speed } from '../engine/generation/deviceTiming.ts';
import type { LoadProgress } from './clients.ts';
import { otherProtocol } from './errors.ts';
import type { Rpc, RpcNotification, RpcRequest } from './rpc.ts';

/*
 * How the extension host and its children meet. What they say then is in engineMessages.ts, trainerMessages.ts and
 * clusterMessages.ts: every message is one of the constants there, and its payload is parsed where it arrives.
 */

/** Raised with every change of a message, so that an old process and a new one refuse each other. */
export const protocolVersion = 12;

/** A message that says all by its name. */
export const nothing = z.object({});

export type Nothing = z.infer<typeof nothing>;

/** How quick a policy is. */
export const speedSchema: z.ZodType<Speed> = z.object({
  promptTokensPerSecond: z.number().positive(),
  msPerToken: z.number().positive(),
});

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
  // Most are equal, and what compares words of a language takes some 15 ms to begin with.
  const byVersion = a.version === b.version ? 0 : a.version.localeCompare(b.version, 'en', { numeric: true });
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

/** Sent now and then while a model is brought and loaded, and while an adapter is merged. */
export const loadProgress: RpcNotification<LoadProgress> = {
  method: 'loadProgress',
  params: z.object({
    phase: z.string(),
    doneBytes: z.number().nonnegative(),
    totalBytes: z.number().nonnegative(),
  }),
};
