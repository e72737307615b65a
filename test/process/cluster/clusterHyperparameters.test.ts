import { describe, expect, it } from 'vitest';
import {
  clusterHyperparameters,
  hyperparametersThere,
  localOnly,
} from '../../../src/process/cluster/clusterHyperparameters.ts';
import { defaultHyperparameters } from '../../../src/trainer/hyperparameters.ts';

/** The names in sections of hyperparameters, and of the numbers that have none. */
const namesOf = (values: object): string[] =>
  Object.entries(values).flatMap(([section, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null
      ? Object.keys(inner).map((name) => `${section}.${name}`)
      : section,
  );

describe('the hyperparameters of a job', () => {
  it('are all those of a run at home but such as mean nothing there, or are for what stays at home', () => {
    const there = namesOf(hyperparametersThere(defaultHyperparameters));
    const missing = namesOf(defaultHyperparameters).filter((name) => !there.includes(name));
    // There is none unless somebody says so.
    const local = Object.keys(localOnly).filter((name) => name !== 'timeBudgetMs');
    // What is held out, who judges, and what follows SFT, which stands above.
    expect(missing.sort()).toEqual([...local, 'heldOutShare', 'maxHeldOutPrompts', 'method'].sort());
  });

  it('limit what is learned from only where somebody said so', () => {
    const open = namesOf(hyperparametersThere(clusterHyperparameters({ sft: { epochs: 3 } })));
    const limits = ['sft.maxDemonstrations', 'reward.maxPrompts', 'direct.maxPrompts'];
    expect(limits.filter((name) => open.includes(name))).toEqual([]);
    const named = { sft: { maxDemonstrations: 9 }, reward: { maxPrompts: 8 }, direct: { maxPrompts: 7 } };
    expect(clusterHyperparameters(named)).toMatchObject(named);
  });

  it.each(Object.keys(localOnly))('are refused with %s, and with why', (name) => {
    const [section, inner] = name.split('.') as [string, string?];
    const overrides = inner === undefined ? { [section]: 1 } : { [section]: { [inner]: 1 } };
    expect(() => clusterHyperparameters(overrides)).toThrow(`${name} (`);
  });

  it('are refused where there is no such name', () => {
    expect(() => clusterHyperparameters({ sft: { rate: 1 } })).toThrow(/no such hyperparameter: sft\.rate/);
  });
});
