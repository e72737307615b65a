/*
 * node bench/latency/recordRhythm.ts: writes rhythm.json anew. Run once; the file is kept, so that
 * every measurement types in the same rhythm.
 */
import { writeFileSync } from 'node:fs';
import { RandomStream } from '../../src/engine/random.ts';
import type { KeystrokeKind, Rhythm } from './rhythm.ts';

const source =
  'Drawn, not recorded from one person: log-normal rests whose mean over code is the 239 ms of ' +
  'Dhakal, Feit, Kristensson and Oulasvirta 2018, "Observations on Typing from 136 Million ' +
  'Keystrokes" (CHI 2018, mean inter-key interval of 168,000 volunteers); the longer rests behind ' +
  'words and lines are an assumption. Made by recordRhythm.ts.';

/** Median in milliseconds, and spread of the logarithm. */
const shapes: Record<KeystrokeKind, { medianMs: number; sigma: number; count: number }> = {
  withinWord: { medianMs: 175, sigma: 0.45, count: 211 },
  wordEnd: { medianMs: 300, sigma: 0.6, count: 97 },
  lineEnd: { medianMs: 1000, sigma: 0.8, count: 23 },
};

/** The rhythm that rhythm.json holds. */
export function drawRhythm(): Rhythm {
  const draw = (kind: KeystrokeKind): [number, ...number[]] => {
    const { medianMs, sigma, count } = shapes[kind];
    const stream = RandomStream.named(1, `rests ${kind}`);
    const next = (): number => Math.round(medianMs * Math.exp(sigma * normal(stream)));
    return [next(), ...Array.from({ length: count - 1 }, next)];
  };
  return {
    source,
    rests: { withinWord: draw('withinWord'), wordEnd: draw('wordEnd'), lineEnd: draw('lineEnd') },
  };
}

/** Standard normal (Box and Muller 1958). */
function normal(stream: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - stream.nextUniform()));
  return radius * Math.cos(2 * Math.PI * stream.nextUniform());
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(new URL('rhythm.json', import.meta.url), `${JSON.stringify(drawRhythm())}\n`);
