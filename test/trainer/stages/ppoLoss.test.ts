import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyLoss, valueLoss } from '../../../src/trainer/stages/ppoLoss.ts';
import { expectClose } from '../../support/expectTensor.ts';

/** Half a step of a central difference: small against the clip range, large against float64 rounding. */
const h = 1e-5;

function oneToken(logRatio: number, advantage: number) {
  const tokens = { logProbs: [logRatio - 1], oldLogProbs: [-1], advantages: [advantage] };
  return policyLoss(tokens, 0.2, 1);
}

describe('policyLoss', () => {
  it.each([
    { logRatio: 0.3, advantage: 1, loss: -1.2, gradient: 0, clipShare: 1 },
    { logRatio: 0.3, advantage: -1, loss: 1.3498588, gradient: 1.3498588, clipShare: 0 },
    { logRatio: -0.3, advantage: 1, loss: -0.7408182, gradient: -0.7408182, clipShare: 0 },
    { logRatio: -0.3, advantage: -1, loss: 0.8, gradient: 0, clipShare: 1 },
    { logRatio: 0, advantage: 2, loss: -2, gradient: -2, clipShare: 0 },
  ])('gives the computed numbers at log-ratio $logRatio, advantage $advantage', (row) => {
    const found = oneToken(row.logRatio, row.advantage);
    expect(found.loss).toBeCloseTo(row.loss, 7);
    expect(found.gradient[0]).toBeCloseTo(row.gradient, 7);
    expect(found.clipShare).toBe(row.clipShare);
  });

  it('stays finite and gives no gradient beyond the largest log-ratio', () => {
    const found = oneToken(1000, -1);
    expect(found.loss).toBeCloseTo(Math.exp(20), 0);
    expect(found.gradient[0]).toBe(0);
  });

  it('reports ratio 1 and nothing clipped before the first step of a batch', () => {
    const logProbs = [-0.1, -2, -7];
    const found = policyLoss({ logProbs, oldLogProbs: logProbs, advantages: [1, -2, 0.5] }, 0.2, 3);
    expect(found).toMatchObject({ meanRatio: 1, approxKl: 0, clipShare: 0 });
  });

  it('agrees with central differences where it is smooth', () => {
    const finite = fc.double({ min: -0.6, max: 0.6, noNaN: true });
    fc.assert(
      fc.property(finite, fc.double({ min: -3, max: 3, noNaN: true }), (logRatio, advantage) => {
        const kinks = [Math.log(0.8), Math.log(1.2)];
        fc.pre(kinks.every((kink) => Math.abs(logRatio - kink) > 2 * h));
        const slope =
          (oneToken(logRatio + h, advantage).loss - oneToken(logRatio - h, advantage).loss) / (2 * h);
        expect(oneToken(logRatio, advantage).gradient[0]).toBeCloseTo(slope, 7);
      }),
    );
  });

  it('adds up over micro-batches to the whole batch', () => {
    const whole = {
      logProbs: [-1, -0.4, -2, -3],
      oldLogProbs: [-1.5, -0.3, -2.1, -1],
      advantages: [1, -1, 0.3, -0.2],
    };
    const part = (from: number, to: number) => ({
      logProbs: whole.logProbs.slice(from, to),
      oldLogProbs: whole.oldLogProbs.slice(from, to),
      advantages: whole.advantages.slice(from, to),
    });
    const all = policyLoss(whole, 0.2, 4);
    const parts = [policyLoss(part(0, 2), 0.2, 4), policyLoss(part(2, 4), 0.2, 4)];
    expect(parts.flatMap(({ gradient }) => [...gradient])).toEqual([...all.gradient]);
    for (const name of ['loss', 'clipShare', 'approxKl', 'meanRatio'] as const) {
      expect(parts[0]![name] + parts[1]![name]).toBeCloseTo(all[name], 12);
    }
  });
});

describe('valueLoss', () => {
  it.each([
    { name: 'clipped, where the clipped error is larger', value: 1.5, target: 2, loss: 0.32, gradient: 0 },
    { name: 'free, where the clipped error is smaller', value: 1.5, target: 1, loss: 0.125, gradient: 0.5 },
    { name: 'free, inside the range', value: 1.1, target: 2, loss: 0.405, gradient: -0.9 },
  ])('is $name', ({ value, target, loss, gradient }) => {
    const found = valueLoss({ values: [value], oldValues: [1], returns: [target] }, 0.2, 1);
    expect(found.loss).toBeCloseTo(loss, 12);
    expect(found.gradient[0]).toBeCloseTo(gradient, 12);
    expect(found.clipShare).toBe(gradient === 0 ? 1 : 0);
  });

  it('keeps its gradient inside the range whatever the rounding', () => {
    const number = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(
        number,
        fc.double({ min: -0.19, max: 0.19, noNaN: true }),
        number,
        (oldValue, move, target) => {
          const tokens = { values: [oldValue + move], oldValues: [oldValue], returns: [target] };
          expectClose(valueLoss(tokens, 0.2, 1).gradient, [oldValue + move - target], 1e-12);
        },
      ),
    );
  });
});
