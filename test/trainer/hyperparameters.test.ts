import { describe, expect, it } from 'vitest';
import { defaultHyperparameters, hyperparametersSchema } from '../../src/trainer/hyperparameters.ts';

describe('hyperparameters', () => {
  it('fills in the default of everything that is not given', () => {
    const found = hyperparametersSchema.parse({ ppo: { iterations: 3 } });
    expect(found).toEqual({
      ...defaultHyperparameters,
      ppo: { ...defaultHyperparameters.ppo, iterations: 3 },
    });
  });

  it('reads back what it wrote', () => {
    expect(hyperparametersSchema.parse(JSON.parse(JSON.stringify(defaultHyperparameters)))).toEqual(
      defaultHyperparameters,
    );
  });

  it.each([
    { lora: { rank: 0 } },
    { sft: { learningRate: 5 } },
    { ppo: { temperature: 0 } },
    { reward: { labelSmoothing: 0.6 } },
    { heldOutShare: 1 },
  ])('refuses %o', (wrong) => {
    expect(hyperparametersSchema.safeParse(wrong).success).toBe(false);
  });

  it('has PPO in small batches where a run has a limit, unless others are named', () => {
    const small = { rolloutsPerIteration: 16, minibatches: 2, epochs: 2 };
    expect(hyperparametersSchema.parse({ timeBudgetMs: 1 }).ppo).toEqual({
      ...defaultHyperparameters.ppo,
      ...small,
    });
    const named = hyperparametersSchema.parse({ timeBudgetMs: 1, ppo: { epochs: 3 } });
    expect(named.ppo).toMatchObject({ ...small, epochs: 3 });
    expect(hyperparametersSchema.parse(JSON.parse(JSON.stringify(named)))).toEqual(named);
    expect(hyperparametersSchema.parse({ timeBudgetMs: undefined })).toEqual(defaultHyperparameters);
  });

  it('takes whole minibatches out of a rollout batch', () => {
    const { rolloutsPerIteration, minibatches } = defaultHyperparameters.ppo;
    expect(rolloutsPerIteration % minibatches).toBe(0);
  });
});
