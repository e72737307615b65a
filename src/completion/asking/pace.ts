/**
 * How fast somebody types and how fast the policy writes for them: what the time that typing has to rest
 * follows where the user leaves it to Attune.
 */

/** Until the person is known: Cody waits as long before it asks a model on the same machine. */
const usualRestMs = 125;

/** Sooner nobody can tell a rest from typing, and who waits for longer has waited for the completion. */
const [minRestMs, maxRestMs] = [75, 300];

/** A longer time between two keys is a pause to think: it says nothing of how fast somebody types. */
const maxGapMs = 1000;

/** Who has typed nothing for longer reads code, and is spared work for places where they only look. */
const atWorkMs = 120_000;

/** About a line and a half of code: the last moments, not the last hour. */
const recentGaps = 50;

/** Fewer say little. */
const enoughGaps = 10;

/** Like the gaps, for what the policy took. */
const recentWritings = 20;

/** Half of the first lines take longer than the median. */
const spareFactor = 2;

/** The rhythm of one user's keys, and the policy's measured speed. Times are in milliseconds. */
export class Pace {
  #lastKeyMs = -Infinity;
  #gapsMs: readonly number[] = [];
  #writingsMs: readonly number[] = [];

  noteKey(atMs: number): void {
    const gapMs = atMs - this.#lastKeyMs;
    this.#lastKeyMs = atMs;
    if (gapMs > 0 && gapMs <= maxGapMs) this.#gapsMs = [...this.#gapsMs, gapMs].slice(-recentGaps);
  }

  /** Whether they typed lately. */
  isAtWork(nowMs: number): boolean {
    return nowMs - this.#lastKeyMs <= atWorkMs;
  }

  /** Takes how long the policy took for a first line. */
  noteWritten(ms: number): void {
    this.#writingsMs = [...this.#writingsMs, ms].slice(-recentWritings);
  }

  /**
   * How long typing has to rest: the median time between two keys, so that somebody who is typing a word
   * is not interrupted at every letter. The median is not moved by a few pauses.
   */
  get restMs(): number {
    if (this.#gapsMs.length < enoughGaps) return usualRestMs;
    return Math.min(maxRestMs, Math.max(minRestMs, medianOf(this.#gapsMs)));
  }

  /** How long before the end of that the policy has to begin, to be done by then. */
  get headStartMs(): number {
    if (this.#writingsMs.length === 0) return usualRestMs;
    return Math.max(usualRestMs, spareFactor * medianOf(this.#writingsMs));
  }
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
