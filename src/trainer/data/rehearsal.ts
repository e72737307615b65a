import { RandomStream } from '../../engine/random.ts';
import type { Hyperparameters } from '../hyperparameters.ts';

/**
 * The demonstrations that a run learns from, in their order: all where they are few enough, else the newest
 * and, in the places of `rehearsedShare` of them, some of the older, drawn by the seed. Old work that comes
 * back now and then is not forgotten (rehearsal: Robins 1995; as experience replay: arXiv:1811.11682).
 *
 * @param inTime oldest first.
 */
export function newestWithRehearsal<T>(
  inTime: readonly T[],
  { maxDemonstrations, rehearsedShare }: Pick<Hyperparameters['sft'], 'maxDemonstrations' | 'rehearsedShare'>,
  seed: number,
): T[] {
  const olderCount = inTime.length - maxDemonstrations;
  if (olderCount <= 0) return [...inTime];
  const rehearsed = Math.floor(rehearsedShare * maxDemonstrations);
  const newestFrom = olderCount + rehearsed;
  const older = [...inTime.keys()].slice(0, newestFrom);
  const drawn = new Set(RandomStream.named(seed, 'rehearsal').shuffled(older).slice(0, rehearsed));
  return inTime.filter((_, index) => index >= newestFrom || drawn.has(index));
}
