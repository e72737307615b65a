import { expect, it } from 'vitest';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { hyperparametersSchema } from '../../src/trainer/hyperparameters.ts';
import { retrain } from '../../src/trainer/retrain.ts';
import type { RetrainHooks } from '../../src/trainer/retrainRun.ts';
import type { RetrainTask } from '../../src/trainer/retrainTask.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { askedAt, completion, demonstration, ranking, recordsOf } from './feedbackRecords.ts';

it('says so where all that is known is held out', async () => {
  const rows = ['a', 'b', 'c'].map((name) => demonstration(askedAt(`${name} = █`, 1), `${name}();`));
  const task: Pick<RetrainTask, 'records' | 'sourceFiles' | 'hyperparameters' | 'seed' | 'adapters'> = {
    records: recordsOf({ demonstrations: rows }),
    ...{ sourceFiles: [], hyperparameters: hyperparametersSchema.parse({ heldOutShare: 0.5 }), seed: 1 },
    adapters: new AdapterStore(temporaryFolder()),
  };
  const hooks: Partial<RetrainHooks> = {};
  await expect(retrain(task as RetrainTask, hooks as RetrainHooks)).rejects.toMatchObject({
    ...{ reason: 'noExamples', details: { exampleCount: 3 } },
  });
});

it('counts the records of every kind where none of them teaches anything', async () => {
  const asked = askedAt('const a = █;\n', 1);
  const task: Pick<RetrainTask, 'records' | 'sourceFiles' | 'hyperparameters' | 'seed' | 'adapters'> = {
    records: recordsOf({ completions: [completion(asked, 'a')], rankings: [ranking(asked, [['a'], ['b']])] }),
    ...{ sourceFiles: [], hyperparameters: hyperparametersSchema.parse({}), seed: 1 },
    adapters: new AdapterStore(temporaryFolder()),
  };
  const hooks: Partial<RetrainHooks> = {};
  await expect(retrain(task as RetrainTask, hooks as RetrainHooks)).rejects.toMatchObject({
    ...{ reason: 'noExamples', details: { recordCount: 2 } },
  });
});
