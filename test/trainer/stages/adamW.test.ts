import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/engine/random.ts';
import { clipScale, globalNorm, newAdamState, updateWithAdamW } from '../../../src/trainer/stages/adamW.ts';

const settings = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  learningRate: 1e-3,
  gradientScale: 1,
};

/** Parameters are float32: numbers near 1 are 6e-8 apart. */
const float32Step = 6e-8;

function gradients(count: number, size: number): Float32Array[] {
  const random = RandomStream.named(7, 'test/gradients');
  return Array.from({ length: count }, () => Float32Array.from({ length: size }, () => random.nextNormal()));
}

describe('updateWithAdamW', () => {
  it('gives the computed trajectory of one parameter', () => {
    const [theta, state] = [Float32Array.of(1), newAdamState(1)];
    const expected = [0.9989900001, 0.9993461137, 0.9994728109];
    for (const [step, gradient] of [0.1, -0.2, 0.05].entries()) {
      updateWithAdamW(theta, Float32Array.of(gradient), state, settings);
      expect(Math.abs(theta[0]! - expected[step]!)).toBeLessThan(2 * float32Step);
    }
    expect(state.step).toBe(3);
  });

  it('adds epsilon outside the root', () => {
    const theta = Float32Array.of(0);
    updateWithAdamW(theta, Float32Array.of(1e-8), newAdamState(1), { ...settings, weightDecay: 0 });
    expect(theta[0]).toBeCloseTo(-settings.learningRate / 2, 9);
  });

  it('decays weights apart from the gradient', () => {
    const theta = Float32Array.of(2);
    updateWithAdamW(theta, Float32Array.of(0), newAdamState(1), {
      ...settings,
      learningRate: 0.1,
      weightDecay: 0.5,
    });
    expect(theta[0]).toBeCloseTo(2 * (1 - 0.05), 6);
  });

  it('changes nothing but the moments at learning rate 0', () => {
    const [theta, state] = [Float32Array.of(0.1, -3), newAdamState(2)];
    updateWithAdamW(theta, Float32Array.of(1, 2), state, { ...settings, learningRate: 0 });
    expect([...theta]).toEqual([...Float32Array.of(0.1, -3)]);
    expect(state.firstMoment[0]).not.toBe(0);
  });

  it('goes on from a copied state bit for bit', () => {
    const [theta, state] = [new Float32Array(64), newAdamState(64)];
    const steps = gradients(6, 64);
    for (const gradient of steps.slice(0, 3)) updateWithAdamW(theta, gradient, state, settings);
    const resumed = theta.slice();
    const copy = {
      firstMoment: state.firstMoment.slice(),
      secondMoment: state.secondMoment.slice(),
      step: state.step,
    };
    for (const gradient of steps.slice(3)) {
      updateWithAdamW(theta, gradient, state, settings);
      updateWithAdamW(resumed, gradient, copy, settings);
    }
    expect(new Uint32Array(resumed.buffer)).toEqual(new Uint32Array(theta.buffer));
  });

  it('scales the gradient it is told to scale', () => {
    const [gradient] = gradients(1, 32);
    const [scaled, halved] = [new Float32Array(32), new Float32Array(32)];
    updateWithAdamW(scaled, gradient!, newAdamState(32), { ...settings, gradientScale: 0.5 });
    updateWithAdamW(
      halved,
      gradient!.map((g) => g / 2),
      newAdamState(32),
      settings,
    );
    expect([...scaled]).toEqual([...halved]);
  });
});

describe('clipping by the global norm', () => {
  it.each([
    { gradient: [3, 4], maxNorm: 1, norm: 5, scale: 0.2 },
    { gradient: [0.3, 0.4], maxNorm: 1, norm: 0.5, scale: 1 },
    { gradient: [0, 0], maxNorm: 1, norm: 0, scale: 1 },
  ])('scales $gradient by $scale', ({ gradient, maxNorm, norm, scale }) => {
    const found = globalNorm(Float32Array.from(gradient));
    expect(found).toBeCloseTo(norm, 6);
    expect(clipScale(found, maxNorm)).toBeCloseTo(scale, 6);
  });

  it('shows a gradient that is not finite', () => {
    expect(Number.isFinite(globalNorm(Float32Array.of(1, NaN)))).toBe(false);
    expect(Number.isFinite(globalNorm(Float32Array.of(1, Infinity)))).toBe(false);
  });
});
