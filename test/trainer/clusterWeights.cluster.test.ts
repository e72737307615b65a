import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { createOnnxSession } from '../../src/engine/runtime/onnxSession.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { weightsFingerprint } from '../../src/engine/weights/weightsFingerprint.ts';
import { writeClusterJob } from '../../src/process/cluster/clusterJob.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { splitExamples, type FeedbackRecords } from '../../src/trainer/data/dataset.ts';
import { demonstrationSequences, preferenceSequences } from '../../src/trainer/data/exampleTokens.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { scalarLayout } from '../../src/trainer/graphs/scalarGraph.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { hyperparametersSchema } from '../../src/trainer/hyperparameters.ts';
import { runDirectPreference } from '../../src/trainer/stages/directPreference.ts';
import { runRewardModel } from '../../src/trainer/stages/rewardModel.ts';
import { runSft } from '../../src/trainer/stages/sft.ts';
import { newStageState, type StageRuntime } from '../../src/trainer/stages/stage.ts';
import { newTrainee } from '../../src/trainer/stages/trainee.ts';
import { clusterPython } from '../support/clusterPython.ts';
import { expectClose } from '../support/expectTensor.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { tinyManifest } from './adapterFixture.ts';
import { askedAt, completion, demonstration, keptBy, ranking, recordsOf } from './feedbackRecords.ts';

const tiny = join(import.meta.dirname, '..', 'golden', 'tiny-qwen2');

/**
 * The stages of two jobs, each from a given adapter: by two workers that share each step, by one, and by one that knows no
 * weights. Prints loss and norm of the gradient of each step. All in one process that forks: to import TRL takes longer.
 */
const program = `
import json, os, pathlib, socket, sys
demonstrated, compared, zero, given, out = sys.argv[1:]
import peft, yaml
from safetensors.torch import load_file
from attune_cluster import data
from attune_cluster.stages import Job

def steps_of(stage, count, change=lambda rows: rows):
    folder = pathlib.Path(demonstrated if stage == "sft" else compared)
    made = Job(yaml.safe_load((folder / "config.yaml").read_text()), folder, out, count)
    arguments = {**made._arguments(stage, pathlib.Path(out) / stage), "save_strategy": "no"}
    rows = change(data.read_rows(folder / ("sft.jsonl" if stage == "sft" else "preference.jsonl")))
    assert len(rows) == 12
    if stage == "sft":
        trainer = made._sft(rows, arguments)
    else:
        trainer = {"reward": made._reward, "dpo": made._dpo}[stage](rows, arguments, pathlib.Path(zero))
    begin = pathlib.Path(given) / ("reward_model" if stage == "reward" else "") / "adapter_model.safetensors"
    begun = peft.set_peft_model_state_dict(trainer.model, load_file(begin))
    assert not begun.unexpected_keys, begun.unexpected_keys
    trainer.train()
    return [[told["loss"], told["grad_norm"]] for told in trainer.state.log_history if "loss" in told]

stages = ["sft", "reward", "dpo"]
with socket.create_server(("127.0.0.1", 0)) as server:
    port = server.getsockname()[1]
# Both are forked before anything has begun to count with threads.
for rank in range(2):
    if os.fork() == 0:
        os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
        steps = {stage: steps_of(stage, 2) for stage in stages}
        if rank == 0:
            json.dump(steps, open(f"{out}/two.json", "w"))
        os._exit(0)
assert all(os.wait()[1] == 0 for _ in range(2))
alone = {stage: steps_of(stage, 1) for stage in stages}
unweighted = {stage: steps_of(stage, 1, lambda rows: rows.remove_columns("weight")) for stage in stages}
print(json.dumps({"two": json.load(open(f"{out}/two.json")), "alone": alone, "unweighted": unweighted}))
`;

const asked = (name: string, minute: number) => askedAt(`const ${name} = █\n`, minute, `file:///${name}.ts`);

/** Twelve demonstrations, of which some were not kept whole. */
const demonstrated = recordsOf({
  demonstrations: ['one', 'two', 'three', 'four', 'five', 'six'].map((name, i) =>
    demonstration(asked(name, i), `${'value + '.repeat(i)}${i};`),
  ),
  completions: ['seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'].map((name, i) =>
    completion(asked(name, 10 + i), `call(${'item, '.repeat(i)}last);`, keptBy(0.5 + i / 20)),
  ),
});

/** Twelve pairs of five prompts. Every text ends its line: the tiny model has one token for end of text and padding, and TRL reads no score on padding. */
const compared = recordsOf({
  rankings: [
    ['quad', 'first(a)', 'b + 1', 'list.map(c)', '"d"'],
    ['triple', 'first(a)', 'second', 'third;'],
    ['pair', 'left', 'right()'],
    ['couple', '{ on: true }', '[]'],
    ['duo', 'await it', '0'],
  ].map(([name = '', ...texts], i) =>
    ranking(
      asked(name, i),
      texts.map((text, rank) => [text, rank + 1] as const),
    ),
  ),
});

const hyperparameters = hyperparametersSchema.parse({
  ...{ lora: { rank: 4, alpha: 8 }, heldOutShare: 0, method: 'dpo' },
  // Every step has all rows, so that their order does not matter.
  sft: { epochs: 4, batchSize: 12, learningRate: 0.01, warmupSteps: 0 },
  reward: {
    ...{ epochs: 4, batchSize: 12, learningRate: 0.01, warmupSteps: 0 },
    ...{ heads: 1, labelSmoothing: 0, rankingLabelSmoothing: 0 },
  },
  direct: { epochs: 4, batchSize: 12, learningRate: 0.01, warmupSteps: 0 },
});

/** The tiny model, parameters to begin with, and the examples as a stage at home takes them. */
async function atHome() {
  const base = { ...(await openModelFolder(tiny)), int8Weights: undefined };
  const { lora } = hyperparameters;
  const model = trainedModel(base, lora);
  const scalars = { ...model, layout: scalarLayout(base.config, lora) };
  const random = RandomStream.named(1, 'adapters');
  const drawn = (size: number) => Float32Array.from({ length: size }, () => 0.1 * random.nextNormal());
  const tokenisation = { tokenizer: base.tokenizer, maxPromptTokens: 64, maxNewTokens: 16 };
  const { demonstrations } = splitExamples(demonstrated, 0).training;
  const { preferenceGroups } = splitExamples(compared, 0).training;
  return {
    ...{ base, model, scalars, theta: drawn(model.layout.size), rewardTheta: drawn(scalars.layout.size) },
    zeros: new Float32Array(model.layout.size),
    demonstrations: demonstrationSequences(demonstrations, tokenisation),
    preferences: preferenceSequences(preferenceGroups, tokenisation, hyperparameters.reward),
  };
}

type AtHome = Awaited<ReturnType<typeof atHome>>;

/** What a cluster is given: jobs, an adapter with its reward model to begin with, and one that changes nothing. */
async function atCluster({ base, model, scalars, theta, rewardTheta, zeros }: AtHome) {
  const out = temporaryFolder();
  const store = new AdapterStore(join(out, 'store'));
  const sha256 = await weightsFingerprint(base.weights.path);
  const adapter = async (id: string, parameters: Float32Array, more: object = {}): Promise<string> => {
    await store.save({
      ...{ theta: parameters, layout: model.layout, ...more },
      peft: { alpha: hyperparameters.lora.alpha, taskType: 'CAUSAL_LM' },
      manifest: tinyManifest(id, { baseModelId: 'tiny', baseSha256: sha256 }),
    });
    return store.folderOf(id as AdapterId);
  };
  const job = async (name: string, work: FeedbackRecords): Promise<string> => {
    await writeClusterJob(join(out, name), work, {
      base: { name: 'tiny', sha256, path: tiny },
      ...{ method: 'dpo', hyperparameters, seed: 1, maxPromptTokens: 64, maxNewTokens: 16 },
      ...{ storage: '/shared', workers: 1, usesGpu: false },
    });
    return join(out, name);
  };
  const reward = { theta: rewardTheta, layout: scalars.layout };
  const jobs = [await job('demonstrated', demonstrated), await job('compared', compared)];
  return [...jobs, await adapter('zero', zeros), await adapter('given', theta, { reward }), out];
}

/** The stages at home, each from the parameters that the cluster's begins with. */
const stages: Record<'sft' | 'reward' | 'dpo', (home: AtHome, runtime: StageRuntime) => Promise<unknown>> = {
  sft: ({ model, theta, demonstrations }, runtime) =>
    runSft(
      { policy: newTrainee(model, theta), packs: demonstrations.map((one) => () => [one]) },
      hyperparameters,
      runtime,
    ),
  reward: ({ scalars, rewardTheta, preferences }, runtime) =>
    runRewardModel(newTrainee(scalars, rewardTheta), preferences, hyperparameters, runtime),
  dpo: ({ model, theta, zeros, preferences }, runtime) => {
    const reference = { model, theta: zeros };
    const parts = { policy: newTrainee(model, theta), reference, preferences, method: 'dpo' as const };
    return runDirectPreference(parts, hyperparameters, runtime);
  },
};

/** The loss of the first step at home. */
async function lossAtHome(home: AtHome, stage: keyof typeof stages): Promise<number> {
  const { weights } = home.base;
  const sessions = new GraphSessions((graph) =>
    createOnnxSession(graph, [weights], { purpose: 'train', threads: 1 }),
  );
  const state = newStageState();
  await stages[stage](home, {
    ...{ sessions, state, seed: 1, secondsLeft: () => Infinity, breathSeconds: () => 0 },
    ...{ plan: () => undefined, breathe: () => Promise.resolve(), afterStep: () => Promise.resolve() },
  });
  await sessions.dispose();
  return state.curves['loss']![0]!;
}

it('rows count by their weights as at home, the same with one worker and with two', async () => {
  const home = await atHome();
  type Steps = Record<keyof typeof stages, number[][]>;
  const { alone, two, unweighted } = clusterPython(program, await atCluster(home)) as Record<
    'alone' | 'two' | 'unweighted',
    Steps
  >;
  for (const stage of ['sft', 'reward', 'dpo'] as const) {
    const [[loss]] = alone[stage] as [[number]];
    // float32 on both sides, through two layers.
    expect(Math.abs(loss - (await lossAtHome(home, stage))), stage).toBeLessThan(1e-5);
    expect(alone[stage]).toHaveLength(4);
    expectClose(two[stage].flat(), alone[stage].flat(), 1e-5);
    // Where every row counts 1, the loss is another one.
    expect(Math.abs(unweighted[stage][0]![0]! - loss), stage).toBeGreaterThan(0.01);
  }
});
