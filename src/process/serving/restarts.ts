/** What to do after the engine went down. */
export type AfterCrash =
  | { readonly kind: 'restart'; readonly delayMs: number }
  | { readonly kind: 'giveUp'; readonly crashCount: number; readonly minutes: number };

/** A single crash should not be felt; what crashes again needs time, for example to have memory freed. */
const restartDelaysMs = [0, 5_000, 30_000] as const;

/** After this long without a crash the next one is a first one again. */
const memoryMs = 10 * 60_000;

/**
 * Loading a model takes seconds of every core: one that crashes this often would only heat the machine. The second
 * is for one that lives for half a minute each time.
 */
const limits = [
  { crashes: 3, withinMs: 60_000 },
  { crashes: 6, withinMs: memoryMs },
] as const;

/**
 * Whether and when the engine starts again.
 *
 * @param crashTimesMs when it went down, oldest first, the last one being now.
 */
export function decideAfterCrash(crashTimesMs: readonly number[]): AfterCrash {
  const nowMs = crashTimesMs.at(-1) ?? 0;
  const crashesWithin = (ms: number): number => crashTimesMs.filter((timeMs) => nowMs - timeMs < ms).length;
  const reached = limits.find(({ crashes, withinMs }) => crashesWithin(withinMs) >= crashes);
  if (reached !== undefined) {
    return { kind: 'giveUp', crashCount: reached.crashes, minutes: reached.withinMs / 60_000 };
  }
  const delayMs = restartDelaysMs[Math.min(crashesWithin(memoryMs), restartDelaysMs.length) - 1];
  return { kind: 'restart', delayMs: delayMs ?? restartDelaysMs[0] };
}
