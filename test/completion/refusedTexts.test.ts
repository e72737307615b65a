import { describe, expect, it } from 'vitest';
import { RefusedTexts, type OfferPlace } from '../../src/completion/refusedTexts.ts';
import { cursorText } from '../support/cursorText.ts';
import { FakeClock } from '../support/fakeClock.ts';

function placeAt(marked: string, documentUri = 'file:///a.ts'): OfferPlace {
  return { ...cursorText(marked), documentUri };
}

describe('RefusedTexts', () => {
  const check = (why: string, place: OfferPlace, text: string, expected: boolean): void => {
    it(why, () => {
      const refused = new RefusedTexts(new FakeClock());
      refused.add(placeAt('b();\na = █'), 'foo();');
      expect(refused.has(place, text)).toBe(expected);
    });
  };

  check('knows a refused text', placeAt('b();\na = █'), 'foo();', true);
  check('knows it when other lines were added above', placeAt('new\n\nb();\na = █'), 'foo();', true);
  check('knows it when the user types it along', placeAt('b();\na = fo█'), 'o();', true);
  check('knows it with other line ends', placeAt('b();\r\na = █'), 'foo();', true);
  check('knows it with other indentation', placeAt('  b();\n  a = █'), 'foo();', true);
  check('lets another text pass', placeAt('b();\na = █'), 'bar();', false);
  check('lets it pass below another line', placeAt('c();\na = █'), 'foo();', false);
  check('lets it pass in another document', placeAt('b();\na = █', 'file:///b.ts'), 'foo();', false);

  it('knows the beginning of a refused text', () => {
    const refused = new RefusedTexts(new FakeClock());
    refused.add(placeAt('b();\n  █'), 'foo("a");\n  bar();');
    expect(refused.hasOneFrom(placeAt('b();\n  █'), 'foo("a");')).toBe(true);
    expect(refused.hasOneFrom(placeAt('b();\n  fo█'), 'o("a");')).toBe(true);
    expect(refused.hasOneFrom(placeAt('b();\n  █'), 'bar();')).toBe(false);
  });

  it('forgets a refusal after ten minutes', () => {
    const clock = new FakeClock();
    const refused = new RefusedTexts(clock);
    refused.add(placeAt('a = █'), 'foo();');
    clock.advanceBy(599_000);
    expect(refused.has(placeAt('a = █'), 'foo();')).toBe(true);
    clock.advanceBy(1_000);
    expect(refused.has(placeAt('a = █'), 'foo();')).toBe(false);
  });

  it('keeps the last fifty, a repeated one as new', () => {
    const refused = new RefusedTexts(new FakeClock());
    for (const i of [...Array(50).keys(), 0, 50]) refused.add(placeAt('a = █'), `foo${i};`);
    expect([0, 1, 2, 50].map((i) => refused.has(placeAt('a = █'), `foo${i};`))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});
