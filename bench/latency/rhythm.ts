import { readFileSync } from 'node:fs';
import * as z from 'zod';

const milliseconds = z.array(z.number().positive()).nonempty();

const rhythmSchema = z.object({
  source: z.string(),
  /** Rests in milliseconds by what was typed last, in the order in which they are used. */
  rests: z.object({ withinWord: milliseconds, wordEnd: milliseconds, lineEnd: milliseconds }),
});

/** How long a person rests after each keystroke; `rhythm.json` says where it comes from. */
export type Rhythm = z.infer<typeof rhythmSchema>;

/** What was typed last, as far as a typist's rhythm depends on it. */
export type KeystrokeKind = keyof Rhythm['rests'];

/** The rhythm that is recorded beside this file. */
export function readRhythm(): Rhythm {
  return rhythmSchema.parse(JSON.parse(readFileSync(new URL('rhythm.json', import.meta.url), 'utf8')));
}

/** What a keystroke is, given what it typed. */
export function kindOf(typed: string): KeystrokeKind {
  if (typed.startsWith('\n')) return 'lineEnd';
  return /[\p{L}\p{N}_]$/u.test(typed) ? 'withinWord' : 'wordEnd';
}

/** Gives the rests of a rhythm one after the other, from the start again when they are used up. */
export function restsOf({ rests }: Rhythm): (typed: string) => number {
  const used: Record<KeystrokeKind, number> = { withinWord: 0, wordEnd: 0, lineEnd: 0 };
  return (typed) => {
    const kind = kindOf(typed);
    const list = rests[kind];
    return list[used[kind]++ % list.length]!;
  };
}
