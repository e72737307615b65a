import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeClusterJob } from '../../src/process/cluster/clusterJob.ts';
import { hyperparametersSchema } from '../../src/trainer/hyperparameters.ts';
import { mixed } from '../../src/trainer/adapters/mixed.ts';
import { clusterPython } from '../support/clusterPython.ts';
import { expectClose } from '../support/expectTensor.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { askedAt, demonstration, recordsOf } from './feedbackRecords.ts';

const tiny = join(import.meta.dirname, '..', 'golden', 'tiny-qwen2');

/** SFT of one job with other shares of the way, then once more, ended behind its first checkpoint and begun again. Prints the adapters. */
const program = `
import json, pathlib, sys
from safetensors.torch import load_file
from attune_cluster import stages
from attune_cluster.settings import read_config
job, out = map(pathlib.Path, sys.argv[1:])
config = read_config(job) | {"save_steps": 3}
assert config["sft"]["mixing"] == 0.5

class Ending(stages.Progress):
    def on_log(self, args, state, control, **rest):
        if state.global_step == 4:
            raise KeyboardInterrupt

def adapter_of(name, changes):
    made = stages.Job({**config, "sft": config["sft"] | changes}, job, out / name, 1)
    folder = made._stage("sft", "sft.jsonl", made._sft)
    weights = load_file(folder / "adapter_model.safetensors")
    return [number for name in sorted(weights) for number in weights[name].flatten().tolist()]

adapters = {str(share): adapter_of(str(share), {"mixing": share}) for share in (0, 0.5, 1)}
whole, stages.Progress = stages.Progress, Ending
try:
    adapter_of("ended", {})
except KeyboardInterrupt:
    stages.Progress = whole
assert (out / "ended" / "sft" / "checkpoint-3").exists() and stages.Progress is whole
print(json.dumps({**adapters, "again": adapter_of("ended", {})}))
`;

it('SFT ends as far on its way as at home, also where it was interrupted', async () => {
  const out = temporaryFolder();
  const job = join(out, 'job');
  const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
  const work = recordsOf({
    demonstrations: names.map((name, i) =>
      demonstration(askedAt(`${name} = █\n`, i, `file:///${name}.ts`), `${name} + ${i};`),
    ),
  });
  await writeClusterJob(job, work, {
    base: { name: 'tiny', sha256: 'a'.repeat(64), path: tiny },
    hyperparameters: hyperparametersSchema.parse({
      ...{ lora: { rank: 2, alpha: 4 }, heldOutShare: 0 },
      sft: { epochs: 3, batchSize: 4, learningRate: 0.01 },
    }),
    ...{ method: 'sft', seed: 1, maxPromptTokens: 64, maxNewTokens: 8 },
    ...{ storage: '/shared', workers: 1, usesGpu: false },
  });
  const found = clusterPython(program, [job, out]) as Record<'0' | '0.5' | '1' | 'again', number[]>;
  const [begun, half, whole, again] = [found['0'], found['0.5'], found['1'], found.again].map((theta) =>
    Float32Array.from(theta),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  expect(Math.max(...whole.map((value, i) => Math.abs(value - begun[i]!)))).toBeGreaterThan(0.01);
  expectClose(half, mixed(begun, whole, 0.5), 1e-7);
  expectClose(again, half, 1e-7);
});
