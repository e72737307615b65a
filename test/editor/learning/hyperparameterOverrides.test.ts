import { expect, it } from 'vitest';
import { hyperparameterOverrides } from '../../../src/editor/learning/hyperparameterOverrides.ts';
import { recordingLog } from '../recordingLog.ts';

it('reads overrides from the environment', () => {
  const environment = { ATTUNE_HYPERPARAMETERS: '{"sft":{"epochs":1}}' };
  expect(hyperparameterOverrides(environment, recordingLog().log)).toEqual({ sft: { epochs: 1 } });
});

it('has none where there are none', () => {
  expect(hyperparameterOverrides({}, recordingLog().log)).toBeUndefined();
});

it('warns of what is no JSON, and goes on without', () => {
  const { log, lines } = recordingLog();
  expect(hyperparameterOverrides({ ATTUNE_HYPERPARAMETERS: 'sft=1' }, log)).toBeUndefined();
  expect(lines).toEqual([expect.stringMatching(/^warn ATTUNE_HYPERPARAMETERS is no JSON/)]);
});
