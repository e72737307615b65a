import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../../src/completion/trimming/confidence.ts';
import { RandomStream } from '../../../src/engine/random.ts';
import { furtherAsBelieved } from '../../../src/completion/trimming/goingOn.ts';
import {
  fitChanceCurve,
  fitFurtherCurve,
  prior,
  type JudgedPart,
} from '../../../src/trainer/gate/chanceCurve.ts';

const texts = (logProb: number, right: number, wrong: number): JudgedPart[] => [
  ...Array.from({ length: right }, () => ({ logProb, keptShare: 1, weight: 1 })),
  ...Array.from({ length: wrong }, () => ({ logProb, keptShare: 0, weight: 1 })),
];

describe('fitChanceCurve', () => {
  it('goes from what is believed beforehand to what is seen', () => {
    const believed = { intercept: prior.intercept.mean, slope: prior.slope.mean };
    const [few, many] = [5, 1000].map((times) => fitChanceCurve(texts(-1, times, 3 * times))!);
    expect(chanceOf(-1, believed)).toBeGreaterThan(chanceOf(-1, few!));
    expect(chanceOf(-1, few!)).toBeGreaterThan(chanceOf(-1, many!));
    expect(chanceOf(-1, many!)).toBeCloseTo(0.25, 2);
  });

  it('counts a part by its weight', () => {
    const light = texts(-1, 40, 0).map((part) => ({ ...part, weight: 1 / 4 }));
    const whole = fitChanceCurve([...texts(-1, 10, 0), ...texts(-2, 0, 10)])!;
    const fit = fitChanceCurve([...light, ...texts(-2, 0, 10)])!;
    expect(fit.intercept).toBeCloseTo(whole.intercept, 9);
    expect(fit.slope).toBeCloseTo(whole.slope, 9);
  });

  it('finds the curve that drew its texts', () => {
    const random = RandomStream.named(1, 'calibration test');
    const truth = { intercept: 1.5, slope: 0.8 };
    const drawn = Array.from({ length: 20_000 }, () => {
      const logProb = -6 * random.nextUniform();
      return { logProb, keptShare: Number(random.nextUniform() < chanceOf(logProb, truth)), weight: 1 };
    });
    const fit = fitChanceCurve(drawn)!;
    expect(fit.intercept).toBeCloseTo(truth.intercept, 1);
    expect(fit.slope).toBeCloseTo(truth.slope, 1);
  });

  it('stays finite where sure texts are always kept and others never', () => {
    const fit = fitChanceCurve([...texts(-0.1, 20, 0), ...texts(-5, 0, 20)])!;
    expect(chanceOf(-0.1, fit)).toBeGreaterThan(0.8);
    expect(chanceOf(-5, fit)).toBeLessThan(0.1);
    expect(fit.slope).toBeLessThan(2);
  });

  it('gives none where there are too few, or where surer texts were not kept more', () => {
    expect(fitChanceCurve([])).toBeUndefined();
    expect(fitChanceCurve(texts(-1, 4, 100))).toBeUndefined();
    expect(fitChanceCurve(texts(-1, 100, 4))).toBeUndefined();
    expect(fitChanceCurve([...texts(-1, 20, 60), ...texts(-4, 60, 20)])).toBeUndefined();
  });

  it('is likelier than any curve nearby', () => {
    const log = fc.double({ min: -30, max: 0, noNaN: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(log, share, share), { minLength: 40, maxLength: 80 }), (drawn) => {
        const judged = drawn.map(([logProb, keptShare, weight]) => ({ logProb, keptShare, weight }));
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
      }),
    );
  });
});

describe('fitFurtherCurve', () => {
  const evenChance = (parts: readonly JudgedPart[]) => {
    const { intercept, slope } = fitFurtherCurve(parts)!;
    return 1 / (1 + Math.exp(intercept / slope));
  };

  it('is what is believed beforehand where nothing is known, and goes from there to what is seen', () => {
    expect(fitFurtherCurve([])).toEqual(furtherAsBelieved);
    const logProb = Math.log(0.6);
    const [few, many] = [2, 500].map((times) => evenChance(texts(logProb, times, times)));
    expect(evenChance([])).toBeCloseTo(0.7, 9);
    expect(few).toBeLessThan(0.7);
    expect(few).toBeGreaterThan(many!);
    expect(many).toBeCloseTo(0.6, 2);
  });
});

/** The negative log-posterior, written down once more. */
function loss(judged: readonly JudgedPart[], fit: { intercept: number; slope: number }): number {
  const far = (key: 'intercept' | 'slope') => (fit[key] - prior[key].mean) / prior[key].deviation;
  return judged.reduce(
    (sum, { logProb, keptShare: t, weight }) => {
      const p = chanceOf(logProb, fit);
      return sum - weight * (t * Math.log(Math.max(p, 1e-300)) + (1 - t) * Math.log(Math.max(1 - p, 1e-300)));
    },
    0.5 * far('intercept') ** 2 + 0.5 * far('slope') ** 2,
  );
}
