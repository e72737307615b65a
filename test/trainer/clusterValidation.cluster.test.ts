import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { weightsFingerprint } from '../../src/engine/weights/weightsFingerprint.ts';
import { writeClusterJob } from '../../src/process/cluster/clusterJob.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { mixed } from '../../src/trainer/adapters/mixed.ts';
import { splitExamples } from '../../src/trainer/data/dataset.ts';
import { demonstrationSequences } from '../../src/trainer/data/exampleTokens.ts';
import { mean } from '../../src/trainer/gate/statistics.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { cpuSessions } from '../../src/trainer/graphs/trainingDevice.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { hyperparametersSchema } from '../../src/trainer/hyperparameters.ts';
import { scoreLogProbs } from '../../src/trainer/stages/scoring.ts';
import { clusterPython } from '../support/clusterPython.ts';
import { expectClose } from '../support/expectTensor.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { tinyManifest } from './adapterFixture.ts';
import { askedAt, demonstration, recordsOf } from './feedbackRecords.ts';

const tiny = join(import.meta.dirname, '..', 'golden', 'tiny-qwen2');

/**
 * What SFT of a job learns from and what tells its best step; the loss of that with a given adapter; and SFT itself: what
 * it found at each look and where it ended, once more after it was ended behind its first checkpoint and begun again, and
 * the loss that two workers find.
 */
const program = `
import json, os, pathlib, sys
import peft, torch
from safetensors.torch import load_file
from attune_cluster import data, stages, validation
from attune_cluster.mixing import adapter_of
from attune_cluster.settings import read_config
job, given, out = map(pathlib.Path, sys.argv[1:])
config = read_config(job) | {"save_steps": 3}
flat = lambda weights: [number for name in sorted(weights) for number in weights[name].flatten().tolist()]
looks = []

class Recording(validation.BestStep):
    def _look(self, step):
        super()._look(step)
        looks.append({"step": step, "loss": self._loss(), "adapter": flat(adapter_of(self.model))})

class Ending(stages.Progress):
    def on_log(self, args, state, control, **rest):
        if state.global_step == 4:
            raise KeyboardInterrupt

def sft(name):
    looks.clear()
    made = stages.Job(config, job, out / name, 1)
    folder = made._stage("sft", "sft.jsonl", made._sft)
    return flat(load_file(folder / "adapter_model.safetensors")), list(looks)

def begun():
    made = stages.Job(config, job, out, 1)
    trainer = made._sft(rows, made.arguments("sft", out / "sft"))
    [best] = [one for one in trainer.callback_handler.callbacks if isinstance(one, validation.BestStep)]
    return trainer, best

def given_loss():
    trainer, best = begun()
    assert not peft.set_peft_model_state_dict(trainer.model, load_file(given / "adapter_model.safetensors")).unexpected_keys
    return best._loss()

# Both are forked before anything has begun to count with threads.
for rank in range(2):
    if os.fork() == 0:
        torch.set_num_threads(1)
        torch.distributed.init_process_group("gloo", init_method=f"file://{out}/group", rank=rank, world_size=2)
        made, rows = stages.Job(config, job, out, 2), data.read_rows(job / "sft.jsonl")
        policy = peft.PeftModel.from_pretrained(made._model(), given)
        _, newest = data.chosen_demonstrations(rows, config["sft"], 1)
        read = validation.read_sequences(data.demonstrations(newest, made.vocabulary, *made.limits))
        loss = validation.BestStep(policy, read, 1, out / "none")._loss()
        if rank == 0:
            json.dump(loss, open(out / "two.json", "w"))
        os._exit(0)
assert all(os.wait()[1] == 0 for _ in range(2))
rows = data.read_rows(job / "sft.jsonl")
texts = lambda rows: [row["completion"] for row in rows]
# As the exports of two people, one behind the other.
learned, newest = data.chosen_demonstrations([*list(rows)[20:], *list(rows)[:20]], config["sft"], 1)
limited, last = data.chosen_demonstrations(rows, config["sft"] | {"max_demonstrations": 20}, 1)
begin = flat(adapter_of(begun()[0].model))
stages.BestStep = Recording
ended, told = sft("whole")
whole, stages.Progress = stages.Progress, Ending
try:
    sft("ended")
except KeyboardInterrupt:
    stages.Progress = whole
again, _ = sft("ended")
print(json.dumps({
    "learned": texts(learned), "newest": texts(newest), "limited": texts([*limited, *last]),
    "loss": given_loss(), "two": json.load(open(out / "two.json")),
    "begun": begin, "looks": told, "ended": ended, "again": again,
}))
`;

interface Found {
  readonly learned: string[];
  readonly newest: string[];
  readonly limited: string[];
  readonly loss: number;
  readonly two: number;
  readonly begun: number[];
  readonly looks: { readonly step: number; readonly loss: number; readonly adapter: number[] }[];
  readonly ended: number[];
  readonly again: number[];
}

const work = recordsOf({
  demonstrations: Array.from({ length: 40 }, (_, i) =>
    demonstration(
      askedAt(`const name${i} = █\n`, i, `file:///${i}.ts`),
      // The newest are unlike the others, so that it can be too much that is learned.
      i < 36 ? `value${i} + ${i * 7};` : `"${'?'.repeat(i - 34)}";`,
    ),
  ),
});

const hyperparameters = hyperparametersSchema.parse({
  ...{ lora: { rank: 2, alpha: 4 }, heldOutShare: 0 },
  sft: { epochs: 4, batchSize: 6, learningRate: 0.01, warmupSteps: 0, finalShare: 1, validations: 5 },
});

it('SFT ends half of the way to its best step, which the newest demonstrations tell as at home', async () => {
  const base = { ...(await openModelFolder(tiny)), int8Weights: undefined };
  const { lora, sft } = hyperparameters;
  const model = trainedModel(base, lora);
  const random = RandomStream.named(1, 'adapters');
  const theta = Float32Array.from({ length: model.layout.size }, () => 0.1 * random.nextNormal());
  const out = temporaryFolder();
  const store = new AdapterStore(join(out, 'store'));
  const sha256 = await weightsFingerprint(base.weights.path);
  await store.save({
    ...{ theta, layout: model.layout, peft: { alpha: lora.alpha, taskType: 'CAUSAL_LM' } },
    manifest: tinyManifest('given', { baseModelId: 'tiny', baseSha256: sha256 }),
  });
  const job = join(out, 'job');
  await writeClusterJob(job, work, {
    base: { name: 'tiny', sha256, path: tiny },
    ...{ method: 'sft', hyperparameters, seed: 1, maxPromptTokens: 64, maxNewTokens: 8 },
    ...{ storage: '/shared', workers: 1, usesGpu: false },
  });
  const there = clusterPython(program, [job, store.folderOf('given' as AdapterId), out]) as Found;

  const { demonstrations } = splitExamples(work, { heldOutShare: 0 }).training;
  // A tenth of them, the newest; of a limit a fifth of the places are for older ones.
  const texts = demonstrations.map(({ text }) => `${text}\n`);
  expect([...there.learned, ...there.newest]).toEqual(texts);
  expect(there.newest).toHaveLength(4);
  expect(there.limited.slice(4)).toEqual(texts.slice(-16));
  const older = there.limited.slice(0, 4).map((text) => texts.indexOf(text));
  expect(older).toEqual([...new Set(older)].sort((a, b) => a - b));
  expect(Math.max(...older)).toBeLessThan(24);

  const sessions = new GraphSessions(cpuSessions(base, 1));
  const tokenisation = { tokenizer: base.tokenizer, maxPromptTokens: 64, maxNewTokens: 8 };
  const read = demonstrationSequences(demonstrations.slice(-4), tokenisation);
  const logProbs = await scoreLogProbs(sessions, { model, theta }, read, 1);
  await sessions.dispose();
  const loss = -mean(logProbs.flatMap((row) => [...row]));
  // float32 on both sides, through two layers.
  expectClose([there.loss, there.two], [loss, loss], 1e-5);

  const { looks } = there;
  // 24 steps, looked at after equal parts of them.
  expect(looks.map(({ step }) => step)).toEqual([5, 10, 15, 20, 24]);
  const best = looks.reduce((one, other) => (other.loss < one.loss ? other : one));
  expect(best).not.toBe(looks.at(-1));
  const half = mixed(Float32Array.from(there.begun), Float32Array.from(best.adapter), sft.mixing);
  expectClose(there.ended, half, 1e-7);
  expectClose(there.again, half, 1e-7);
});
