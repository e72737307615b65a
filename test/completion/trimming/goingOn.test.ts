import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../../src/completion/trimming/confidence.ts';
import {
  evenAt,
  furtherAsBelieved,
  furtherPart,
  isSureToGoOn,
  sureChars,
} from '../../../src/completion/trimming/goingOn.ts';
import type { Calibration } from '../../../src/engine/policy.ts';
import { FakeTokenizer } from '../../support/fakeTokenizer.ts';

/** A token for each byte. */
const tokenizer = new FakeTokenizer();

/** Measured to be right every second time that it believes in 0.4. */
const modest: Calibration = { intercept: 0, slope: 1, further: evenAt(0.4) };

it('a curve is even at its probability and rises', () => {
  expect(chanceOf(Math.log(0.4), evenAt(0.4))).toBeCloseTo(1 / 2, 12);
  expect(chanceOf(Math.log(0.7), furtherAsBelieved)).toBeCloseTo(1 / 2, 12);
  expect(chanceOf(Math.log(0.9), furtherAsBelieved)).toBeGreaterThan(0.7);
});

describe('sureChars', () => {
  const sureOf = (
    text: string,
    behaviour: readonly number[],
    {
      typedText = '',
      isEnd = false,
      calibration,
    }: { typedText?: string; isEnd?: boolean; calibration?: Calibration } = {},
  ): string => {
    const generation = {
      ...{ text, tokens: tokenizer.encode(typedText + text), freeFrom: typedText.length },
      logProbs: [...new Array<number>(typedText.length).fill(0), ...behaviour],
      finish: isEnd ? ('endOfText' as const) : ('stopped' as const),
    };
    return text.slice(0, sureChars(generation, typedText, { tokenizer, calibration }));
  };

  it('goes as far as all that is written is likely enough, half a line left out', () => {
    expect(sureOf('a\nb\nc', [-0.1, 0, -0.2, 0, -0.1])).toBe('a\nb');
    expect(sureOf('a\nb\nc', [0, 0, 0, 0, 0])).toBe('a\nb');
    expect(sureOf('a\nb\nc', [-0.4, 0, 0, 0, 0])).toBe('');
  });

  it('goes as far as was measured to be right', () => {
    expect(sureOf('a\nb\nc', [-0.4, 0, 0, 0, 0], { calibration: modest })).toBe('a\nb');
    expect(sureOf('a\nb\nc', [-1, 0, 0, 0, 0], { calibration: modest })).toBe('');
    const doubtful = { ...modest, further: evenAt(0.95) };
    expect(sureOf('a\nb\nc', [-0.1, 0, 0, 0, 0], { calibration: doubtful })).toBe('');
  });

  it('takes the last line of a text that ends there', () => {
    expect(sureOf('a\nb', [0, 0, 0], { isEnd: true })).toBe('a\nb');
  });

  it('counts what was held to what was typed, and characters that are several bytes', () => {
    expect(sureOf('ä\n€\n', [0, 0, 0, 0, 0, 0, 0], { typedText: 'x' })).toBe('ä\n€');
  });
});

describe('isSureToGoOn', () => {
  const written = [[], [-0.15, -0.15], [-0.15, -0.15, -0.15], [-1]];
  const isSure = (calibration?: Calibration) =>
    written.map((logProbs) => isSureToGoOn(logProbs, { calibration }));

  it('is so while all tokens together are likely enough', () => {
    expect(isSure()).toEqual([true, true, false, false]);
  });

  it('goes by what was measured of further lines, and not of others', () => {
    expect(isSure(modest)).toEqual([true, true, true, false]);
    expect(isSure({ intercept: 3, slope: 1 })).toEqual(isSure());
  });
});

describe('furtherPart', () => {
  const text = 'a();\nb();\nc();';
  const partOf = (logProbs: readonly number[], calibration?: Calibration) => {
    const ends = [1, 4, 9, 14].map((chars, index) => ({ chars, logProb: logProbs[index]! }));
    return furtherPart(text, { ends, shapedChars: 4 }, calibration);
  };

  it('is all that the shape asks for, however unsure, and whole lines behind it as far as they are sure', () => {
    expect(partOf([-0.1, -0.1, -0.1, -0.1])).toBe(text);
    expect(partOf([-0.1, -0.1, -0.2, -0.4])).toBe('a();\nb();');
    expect(partOf([-2, -5, -5, -5])).toBe('a();');
    expect(partOf([-0.1, -0.1, -0.2, -0.4], modest)).toBe(text);
  });
});
