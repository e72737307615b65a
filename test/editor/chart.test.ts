import { describe, expect, it } from 'vitest';
import { curveChart, shortNumber } from '../../src/editor/chart.ts';

describe('curveChart', () => {
  it('draws the highest value at the top and the lowest at the bottom', () => {
    expect(curveChart('loss', [3, 1, 2])).toContain('points="4,4 110,60 216,32"');
  });

  it('draws a level curve in the middle', () => {
    expect(curveChart('kl', [0, 0])).toContain('points="4,32 216,32"');
  });

  it('draws a single value as a dot', () => {
    expect(curveChart('score', [5])).toContain('<circle cx="110" cy="32"');
  });

  it('leaves a gap where a value is no number', () => {
    const chart = curveChart('loss', [1, 2, NaN, 2, 1]);
    expect(chart.match(/<polyline/g)).toHaveLength(2);
  });

  it('says so when there is nothing to draw', () => {
    expect(curveChart('loss', [])).toContain('no values');
  });

  it('writes its name as text', () => {
    expect(curveChart('a<b', [1])).toContain('a&#60;b');
  });
});

describe('shortNumber', () => {
  it.each([
    [3, '3'],
    [0.123456, '0.123'],
    [1234.4, '1234'],
    [undefined, '–'],
    [Infinity, '–'],
  ])('of %s is %s', (value, expected) => {
    expect(shortNumber(value)).toBe(expected);
  });
});
