import { describe, expect, it } from 'vitest';
import { demonstrationOfCompletion, demonstrationOfText } from '../../../src/trainer/data/demonstrations.ts';
import { heldOutPlaces } from '../../../src/trainer/gate/heldOutPlaces.ts';
import { askedAt, completion, demonstration, refusedFor } from '../feedbackRecords.ts';

const typed = Array.from({ length: 40 }, (_, i) =>
  demonstrationOfText(demonstration(askedAt(`let x;\n  █\nend;\n`, i), 'const a = compute(1);'))!,
);

describe('heldOutPlaces', () => {
  it('asks within a typed line, at its natural pauses, and leaves the document as it was', () => {
    const places = heldOutPlaces(typed, 1);
    for (const { demonstration } of places) {
      const { prefix, text, suffix, offset } = demonstration;
      expect(prefix + text + suffix).toBe('let x;\n  const a = compute(1);\nend;\n');
      expect(offset).toBe(prefix.length);
    }
    const asked = new Set(places.map(({ demonstration: { text } }) => text));
    expect(asked).toEqual(new Set(['const a = compute(1);', 'a = compute(1);', 'compute(1);', '1);']));
  });

  it('asks at the same places for the same seed', () => {
    expect(heldOutPlaces(typed, 1)).toEqual(heldOutPlaces(typed, 1));
    expect(heldOutPlaces(typed, 2)).not.toEqual(heldOutPlaces(typed, 1));
  });

  it('asks where the policy was asked, and where no pause is left', () => {
    const asked = demonstrationOfCompletion(completion(askedAt('a = █', 1), 'bad', refusedFor('f(1, 2)')))!;
    const inWord = demonstrationOfText(demonstration(askedAt('  identifier█', 1), 's'))!;
    const places = heldOutPlaces([asked, inWord], 1);
    expect(places).toEqual([asked, inWord].map((each) => ({ demonstration: each, written: each.text })));
  });

  it('asks at as many places as there are demonstrations, no place twice, each pause as likely as another', () => {
    const lines = Array.from({ length: 100 }, (_, i) => {
      const text = i % 2 === 0 ? 'f(a, b, c, d, e, f);' : 'return';
      return demonstrationOfText(demonstration(askedAt('let x;\n█\n', i), text))!;
    });
    const places = heldOutPlaces(lines, 1);
    expect(places).toHaveLength(100);
    expect(new Set(places.map(({ demonstration: { atMs, offset } }) => `${atMs} ${offset}`)).size).toBe(100);
    // Seven pauses against one: 87.5 of 100 are expected in the longer lines, 50 if each line had one.
    const inLonger = places.filter(({ demonstration: { atMs } }) => (atMs / 60_000) % 2 === 0);
    expect(inLonger.length).toBeGreaterThan(78);
  });

  it('asks in each document as often as it has demonstrations, so that it makes as many groups', () => {
    const lines = Array.from({ length: 60 }, (_, i) => {
      const text = i % 3 === 0 ? 'f(a, b, c, d, e, f);' : 'return';
      return demonstrationOfText(demonstration(askedAt('let x;\n█\n', i, `file:///${i % 3}.ts`), text))!;
    });
    const places = heldOutPlaces(lines, 1);
    for (const uri of ['file:///0.ts', 'file:///1.ts', 'file:///2.ts'])
      expect(places.filter(({ demonstration: { documentUri } }) => documentUri === uri)).toHaveLength(20);
  });

  it('knows what was written below from the lines typed later', () => {
    const typedAt = (cursorText: string, text: string, minute: number, uri?: string) =>
      demonstrationOfText(demonstration(askedAt(cursorText, minute, uri), text))!;
    const first = typedAt('if (x) {█\n', ' a(1);', 1);
    const second = typedAt('if (x) { a(1);\n  █\n', 'b(1);', 2);
    const third = typedAt('let y;\nif (x) { a(1);\n  b(1);\n  █\n', 'c();', 3);
    const elsewhere = typedAt('if (x) { a(1);\n  █\n', 'other();', 4, 'file:///b.ts');
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const places = seeds.flatMap((seed) => heldOutPlaces([first, second, third, elsewhere], seed));
    const writtenAt = places.map(({ demonstration: { atMs, text }, written }) => ({
      minute: atMs / 60_000,
      text,
      written,
    }));
    const belowOf = (minute: number) =>
      writtenAt
        .filter((place) => place.minute === minute)
        .map(({ text, written }) => written.slice(text.length));
    expect(new Set(belowOf(1))).toEqual(new Set(['\n  b(1);\n  c();']));
    expect(new Set(belowOf(2))).toEqual(new Set(['\n  c();']));
    expect(new Set(belowOf(3))).toEqual(new Set(['']));
  });
});
