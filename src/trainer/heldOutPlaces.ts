import { naturalPauses } from '../completion/naturalPauses.ts';
import { RandomStream } from '../engine/random.ts';
import type { Demonstration } from './examples.ts';

/**
 * The held-out demonstrations as the policies are asked at them: a line that was typed without being
 * asked, at one of the natural pauses its writer would have made in it, drawn by the seed. At its start
 * alone it would be far harder than what is asked of a policy at work, and a chance measured there too low.
 */
export function heldOutPlaces(demonstrations: readonly Demonstration[], seed: number): Demonstration[] {
  const random = RandomStream.named(seed, 'held-out places');
  return demonstrations.map((demonstration) =>
    demonstration.source === 'typed' ? askedWithin(demonstration, random) : demonstration,
  );
}

function askedWithin(demonstration: Demonstration, random: RandomStream): Demonstration {
  const { prefix, text, offset } = demonstration;
  const lineStart = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const [line] = text.split('\n', 1);
  const pauses = naturalPauses(lineStart + line!)
    .map((pause) => pause - lineStart.length)
    .filter((typed) => typed >= 0);
  if (pauses.length === 0) return demonstration;
  const typed = pauses[random.nextBelow(pauses.length)]!;
  return {
    ...demonstration,
    prefix: prefix + text.slice(0, typed),
    text: text.slice(typed),
    offset: offset + typed,
  };
}
