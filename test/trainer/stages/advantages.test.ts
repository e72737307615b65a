import fc from 'fast-check';
import { describe, it } from 'vitest';
import { computeGae } from '../../../src/trainer/stages/advantages.ts';
import { expectClose } from '../../support/expectTensor.ts';

/** The expected numbers are written with 8 decimals. */
const tolerance = 1e-8;

describe('computeGae', () => {
  const rows = [
    {
      name: 'lambda 0.95',
      rewards: [0, 0, 1],
      values: [0.5, 0.6, 0.7],
      settings: { gamma: 1, lambda: 0.95 },
      advantages: [0.46575, 0.385, 0.3],
      returns: [0.96575, 0.985, 1],
    },
    {
      name: 'lambda 1, where every return is the whole reward',
      rewards: [0, 0, 1],
      values: [0.5, 0.6, 0.7],
      settings: { gamma: 1, lambda: 1 },
      advantages: [0.5, 0.4, 0.3],
      returns: [1, 1, 1],
    },
    {
      name: 'a discount',
      rewards: [0, 0, 1],
      values: [0.5, 0.6, 0.7],
      settings: { gamma: 0.99, lambda: 0.95 },
      advantages: [0.44682858, 0.37515, 0.3],
      returns: [0.94682858, 0.97515, 1],
    },
    {
      name: 'a KL penalty on every token',
      rewards: [-0.01, 0.02, -0.03, 1],
      values: [0.1, -0.2, 0.3, 0.05],
      settings: { gamma: 1, lambda: 0.95 },
      advantages: [0.74580625, 1.111375, 0.6225, 0.95],
      returns: [0.84580625, 0.911375, 0.9225, 1],
    },
  ];
  it.each(rows)(
    'gives the computed vectors with $name',
    ({ rewards, values, settings, advantages, returns }) => {
      const found = computeGae({ rewards, values }, settings);
      expectClose(found.advantages, advantages, tolerance);
      expectClose(found.returns, returns, tolerance);
    },
  );

  it('gives advantage plus value as return, and with gamma and lambda 1 the reward still to come', () => {
    const token = fc.record({
      reward: fc.double({ min: -5, max: 5, noNaN: true }),
      value: fc.double({ min: -5, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(token, { maxLength: 20 }), (tokens) => {
        const rewards = tokens.map(({ reward }) => reward);
        const { returns } = computeGae(
          { rewards, values: tokens.map(({ value }) => value) },
          { gamma: 1, lambda: 1 },
        );
        const toCome = rewards.map((_, t) => rewards.slice(t).reduce((sum, reward) => sum + reward, 0));
        expectClose(returns, toCome, 1e-12);
      }),
    );
  });
});
