import { expect, it } from 'vitest';
import { hyperparametersSchema } from '../../src/trainer/hyperparameters.ts';
import { retrain } from '../../src/trainer/retrain.ts';
import type { RetrainHooks } from '../../src/trainer/retrainRun.ts';
import type { RetrainTask } from '../../src/trainer/retrainTask.ts';
import { askedAt, completion, ranking, recordsOf } from './feedbackRecords.ts';

it('counts the records of every kind where none of them teaches anything', async () => {
  const asked = askedAt('const a = █;\n', 1);
  const task: Pick<RetrainTask, 'records' | 'sourceFiles' | 'hyperparameters' | 'seed'> = {
    records: recordsOf({ completions: [completion(asked, 'a')], rankings: [ranking(asked, [['a'], ['b']])] }),
    ...{ sourceFiles: [], hyperparameters: hyperparametersSchema.parse({}), seed: 1 },
  };
  const hooks: Partial<RetrainHooks> = {};
  await expect(retrain(task as RetrainTask, hooks as RetrainHooks)).rejects.toMatchObject({
    ...{ reason: 'noExamples', details: { recordCount: 2 } },
  });
});
