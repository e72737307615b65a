import { describe, expect, it } from 'vitest';
import { sentence } from '../../../src/sentences/sentence.ts';
import { TrainerError } from '../../../src/trainer/errors.ts';
import { defaultHyperparameters } from '../../../src/trainer/hyperparameters.ts';
import { requireFinite, whyTooFar, whyToUndo } from '../../../src/trainer/stages/trainingGuards.ts';

const { guard } = defaultHyperparameters;

describe('whyTooFar', () => {
  it('has no reason within the limit', () => {
    expect(whyTooFar(2, guard)).toBeUndefined();
  });

  it('names the distance and its limit', () => {
    expect(whyTooFar(40, guard)).toMatch(/40\.00 nats a completion away from the reference; the limit is 12/);
  });
});

const healthy = { meanRatio: 1.01, clipShare: 0.1 };

describe('whyToUndo', () => {
  it('has no reason while all is well', () => {
    expect(whyToUndo(healthy, guard)).toBeUndefined();
  });

  it.each([
    { health: { meanRatio: 2 }, reason: /ratio is 2\.000; it may be 0\.1 away from 1/ },
    { health: { meanRatio: 0.5 }, reason: /ratio is 0\.500/ },
    { health: { clipShare: 0.4 }, reason: /40\.0 % of the tokens were clipped; the limit is 30 %/ },
  ])('names what is wrong: $health', ({ health, reason }) => {
    expect(whyToUndo({ ...healthy, ...health }, guard)).toMatch(reason);
  });
});

describe('requireFinite', () => {
  it('passes a finite number through', () => {
    expect(requireFinite(sentence`the loss`, 3, 1)).toBe(3);
  });

  it.each([NaN, Infinity, -Infinity])('ends the run at %s, naming the step', (value) => {
    const act = () => requireFinite(sentence`the loss`, value, 17);
    expect(act).toThrow(/stopped at step 17: the loss is/);
    try {
      act();
    } catch (error) {
      expect(TrainerError.is(error, 'diverged')).toBe(true);
    }
  });
});
