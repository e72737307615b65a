import { expect, it } from 'vitest';
import { requireEvenSteps } from '../../../src/process/cluster/clusterBatches.ts';
import { clusterMethods } from '../../../src/process/cluster/clusterMethods.ts';
import { hyperparametersSchema } from '../../../src/trainer/hyperparameters.ts';
import { clusterPython } from '../../support/clusterPython.ts';

/** For each config: the rows of a step of each stage over all workers, or why there is no job. */
const program = `
import json, sys
from attune_cluster.batches import TRAINED, require_even_batches, rows_per_worker
found = []
for config in json.loads(sys.argv[1]):
    try:
        require_even_batches(config)
        found.append({
            name: rows_per_worker(config[name]["batch_size"], config["workers"]) * config["workers"]
            for name in TRAINED[config["method"]]
        })
    except SystemExit as refusal:
        found.append(str(refusal))
print(json.dumps(found))
`;

it('a step has the rows of one worker whatever the workers, or is refused there and at home alike', () => {
  const sizes = { sft: 4, reward: 8, direct: 12 };
  const jobs = clusterMethods.flatMap((method) =>
    Array.from({ length: 9 }, (_, i) => ({ method, workers: i + 1 })),
  );
  const configs = jobs.map((job) => ({
    ...job,
    ...{ sft: { batch_size: 4 }, reward: { batch_size: 8 }, direct: { batch_size: 12 } },
  }));
  const found = clusterPython(program, [JSON.stringify(configs)]) as (string | Record<string, number>)[];
  const both = { sft: 4, reward: 8, direct: 12 };
  const whole = { sft: { sft: 4 }, ppo: { sft: 4, reward: 8 }, dpo: both, kto: both };
  const hyperparameters = hyperparametersSchema.parse(
    Object.fromEntries(Object.entries(sizes).map(([name, batchSize]) => [name, { batchSize }])),
  );
  for (const [i, { method, workers }] of jobs.entries()) {
    const atHome = () => requireEvenSteps('/job', { method, hyperparameters, workers });
    if ([1, 2, 4].includes(workers)) {
      expect(found[i], `${method} ${workers}`).toEqual(whole[method]);
      expect(atHome).not.toThrow();
    } else {
      expect(found[i]).toMatch(
        /sft\.batchSize 4.* set workers to one of 1, 2, 4, or each batchSize to a multiple of/,
      );
      expect(atHome).toThrow(/one of 1, 2, 4, or/);
    }
  }
});
