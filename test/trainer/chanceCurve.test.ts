import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../src/completion/confidence.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { fitChanceCurve, type JudgedText } from '../../src/trainer/chanceCurve.ts';

const texts = (logProb: number, right: number, wrong: number): JudgedText[] => [
  ...Array.from({ length: right }, () => ({ logProb, keptShare: 1 })),
  ...Array.from({ length: wrong }, () => ({ logProb, keptShare: 0 })),
];

describe('fitChanceCurve', () => {
  it('meets the mean target of each log-probability where there are two of them', () => {
    // With two points a curve of two numbers goes through both: a closed form.
    const fit = fitChanceCurve([...texts(-1, 30, 10), ...texts(-4, 5, 25)])!;
    const [right, wrong] = [36 / 37, 1 / 37];
    expect(chanceOf(-1, fit)).toBeCloseTo((30 * right + 10 * wrong) / 40, 9);
    expect(chanceOf(-4, fit)).toBeCloseTo((5 * right + 25 * wrong) / 30, 9);
  });

  it('finds the curve that drew its texts', () => {
    const random = RandomStream.named(1, 'calibration test');
    const truth = { intercept: 1.5, slope: 0.8 };
    const drawn = Array.from({ length: 20_000 }, () => {
      const logProb = -6 * random.nextUniform();
      return { logProb, keptShare: Number(random.nextUniform() < chanceOf(logProb, truth)) };
    });
    const fit = fitChanceCurve(drawn)!;
    expect(fit.intercept).toBeCloseTo(truth.intercept, 1);
    expect(fit.slope).toBeCloseTo(truth.slope, 1);
  });

  it('stays finite where sure texts are always kept and others never', () => {
    const fit = fitChanceCurve([...texts(-1, 20, 0), ...texts(-5, 0, 20)])!;
    expect(chanceOf(-1, fit)).toBeCloseTo(21 / 22, 6);
    expect(chanceOf(-5, fit)).toBeCloseTo(1 / 22, 6);
  });

  it('gives none where there are too few, or where surer texts were not kept more', () => {
    expect(fitChanceCurve([])).toBeUndefined();
    expect(fitChanceCurve(texts(-1, 4, 100))).toBeUndefined();
    expect(fitChanceCurve(texts(-1, 100, 4))).toBeUndefined();
    expect(fitChanceCurve([...texts(-1, 10, 30), ...texts(-4, 30, 10)])).toBeUndefined();
    expect(fitChanceCurve([...texts(-1, 30, 10), ...texts(-1.01, 10, 30)])).toBeUndefined();
  });

  it('is as likely as no calibration nearby', () => {
    const log = fc.double({ min: -30, max: 0, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(log, fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 40, maxLength: 80 }),
        (drawn) => {
          const judged = drawn.map(([logProb, keptShare]) => ({ logProb, keptShare }));
          const fit = fitChanceCurve(judged);
          if (fit === undefined) return;
          const best = loss(judged, fit);
          for (const [d, e] of [
            [0.01, 0],
            [-0.01, 0],
            [0, 0.01],
            [0, -0.01],
          ] as const) {
            const near = { intercept: fit.intercept + d, slope: fit.slope + e };
            expect(loss(judged, near)).toBeGreaterThan(best - 1e-9);
          }
        },
      ),
    );
  });
});

/** Cross-entropy against Platt's targets, written down once more. */
function loss(judged: readonly JudgedText[], fit: { intercept: number; slope: number }): number {
  const kept = judged.reduce((sum, { keptShare }) => sum + keptShare, 0);
  const [high, low] = [(kept + 1) / (kept + 2), 1 / (judged.length - kept + 2)];
  return judged.reduce((sum, { logProb, keptShare }) => {
    const [p, t] = [chanceOf(logProb, fit), keptShare * high + (1 - keptShare) * low];
    return sum - t * Math.log(Math.max(p, 1e-300)) - (1 - t) * Math.log(Math.max(1 - p, 1e-300));
  }, 0);
}
