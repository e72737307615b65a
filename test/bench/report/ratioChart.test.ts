import { describe, expect, it } from 'vitest';
import { ratioChartSvg } from '../../../bench/report/ratioChart.ts';

function chartOf(rows: readonly (readonly [ours: number, peer: number])[]): string {
  return ratioChartSvg({
    title: 'Ours & <theirs>',
    note: 'a machine',
    peer: 'theirs',
    maxShare: 1.5,
    groups: [
      { name: 'model', rows: rows.map(([ours, peer]) => ({ label: 'first line', unit: 'ms', ours, peer })) },
    ],
  });
}

/** The lengths of the bars, in pixels. */
function barLengths(svg: string): number[] {
  return [...svg.matchAll(/width="(\d+)" height="\d+" class="ours"/g)].map(([, length]) => Number(length));
}

describe('ratioChartSvg', () => {
  it('draws a bar as long as the share of the peer', () => {
    const [half, whole] = barLengths(
      chartOf([
        [50, 100],
        [100, 100],
      ]),
    );
    expect(half! / whole!).toBeCloseTo(0.5, 2);
  });

  it('cuts what is far longer than the peer, and says its number all the same', () => {
    const svg = chartOf([
      [400, 100],
      [150, 100],
    ]);
    const [far, limit] = barLengths(svg);
    expect(far).toBe(limit);
    expect(svg).toContain('4.00x: 400 against 100 ms');
  });

  it('escapes what is written on it', () => {
    expect(chartOf([[1, 2]])).toContain('Ours &#38; &#60;theirs&#62;');
  });
});
