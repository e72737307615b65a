import { describe, expect, it } from 'vitest';
import { demonstrationOfCompletion, demonstrationOfText } from '../../src/trainer/demonstrations.ts';
import { heldOutPlaces } from '../../src/trainer/heldOutPlaces.ts';
import { askedAt, completion, demonstration, refusedFor } from './feedbackRecords.ts';

const typed = Array.from({ length: 40 }, (_, i) =>
  demonstrationOfText(demonstration(askedAt(`let x;\n  █\nend;\n`, i), 'const a = compute(1);'))!,
);

describe('heldOutPlaces', () => {
  it('asks within a typed line, at its natural pauses, and leaves the document as it was', () => {
    const places = heldOutPlaces(typed, 1);
    for (const { prefix, text, suffix, offset } of places) {
      expect(prefix + text + suffix).toBe('let x;\n  const a = compute(1);\nend;\n');
      expect(offset).toBe(prefix.length);
    }
    const asked = new Set(places.map(({ text }) => text));
    expect(asked).toEqual(new Set(['const a = compute(1);', 'a = compute(1);', 'compute(1);', '1);']));
  });

  it('asks at the same places for the same seed', () => {
    expect(heldOutPlaces(typed, 1)).toEqual(heldOutPlaces(typed, 1));
    expect(heldOutPlaces(typed, 2)).not.toEqual(heldOutPlaces(typed, 1));
  });

  it('asks where the policy was asked, and where no pause is left', () => {
    const asked = demonstrationOfCompletion(completion(askedAt('a = █', 1), 'bad', refusedFor('f(1, 2)')))!;
    const inWord = demonstrationOfText(demonstration(askedAt('  identifier█', 1), 's'))!;
    expect(heldOutPlaces([asked, inWord], 1)).toEqual([asked, inWord]);
  });
});
