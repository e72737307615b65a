import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { weightsFingerprint } from '../../src/engine/weights/weightsFingerprint.ts';
import { writeClusterJob } from '../../src/process/cluster/clusterJob.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import type { ImportedExample, ImportedRecord } from '../../src/feedback/completionRecord.ts';
import { splitExamples, type FeedbackRecords } from '../../src/trainer/data/dataset.ts';
import { groupIdOf } from '../../src/trainer/data/examples.ts';
import { demonstrationSequences, preferenceSequences } from '../../src/trainer/data/exampleTokens.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { scalarLayout } from '../../src/trainer/graphs/scalarGraph.ts';
import { cpuSessions } from '../../src/trainer/graphs/trainingDevice.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { hyperparametersSchema } from '../../src/trainer/hyperparameters.ts';
import {
  directLoss,
  mismatchedLogRatio,
  runDirectPreference,
} from '../../src/trainer/stages/directPreference.ts';
import { pairwiseLoss } from '../../src/trainer/stages/preferenceLoss.ts';
import { scoreHeads } from '../../src/trainer/stages/scoring.ts';
import { learningRateAt } from '../../src/trainer/stages/schedule.ts';
import { runSft } from '../../src/trainer/stages/sft.ts';
import { newStageState, type StageRuntime } from '../../src/trainer/stages/stage.ts';
import { newTrainee } from '../../src/trainer/stages/trainee.ts';
import { clusterPython } from '../support/clusterPython.ts';
import { expectClose } from '../support/expectTensor.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { tinyManifest } from './adapterFixture.ts';
import {
  askedAt,
  completion,
  demonstration,
  keptBy,
  ranking,
  recordsOf,
  refusedFor,
} from './feedbackRecords.ts';

const tiny = join(import.meta.dirname, '..', 'golden', 'tiny-qwen2');

/**
 * The stages of three jobs, each from a given adapter: by two workers that share each step, by two whose steps have room for
 * more rows than there are, by one, and by one that knows no weights. Prints loss, norm of the gradient and learning rate
 * of each step, and what was drawn: how much each prompt counts for each head, and behind which prompt KTO reads the
 * texts of another. All in one process that forks: to import TRL takes longer.
 */
const program = `
import json, os, pathlib, socket, sys
demonstrated, compared, judged, zero, given, out = sys.argv[1:]
import peft
from safetensors.torch import load_file
from attune_cluster import data, groups
from attune_cluster.settings import read_config
from attune_cluster.stages import Job

folders = {"sft": demonstrated, "reward": compared, "dpo": compared, "kto": judged}

def job_of(stage, count):
    folder = pathlib.Path(folders[stage])
    rows = data.read_rows(folder / ("sft.jsonl" if stage == "sft" else "preference.jsonl"))
    return Job(read_config(folder), folder, out, count), rows

def steps_of(stage, count, change=lambda rows: rows, more=0):
    made, rows = job_of(stage, count)
    made.config["sft" if stage == "sft" else "reward" if stage == "reward" else "direct"]["batch_size"] += more
    arguments = {**made.arguments(stage, pathlib.Path(out) / stage), "save_strategy": "no"}
    if stage == "sft":
        trainer = made._sft(change(rows), arguments)
    else:
        make = {"reward": made._reward, "dpo": made._dpo, "kto": made._kto}[stage]
        trainer = make(change(rows), arguments, pathlib.Path(zero))
    assert trainer.passes.count == {"sft": 12, "reward": 6, "dpo": 6, "kto": 6}[stage]
    begin = pathlib.Path(given) / ("reward_model" if stage == "reward" else "") / "adapter_model.safetensors"
    begun = peft.set_peft_model_state_dict(trainer.model, load_file(begin))
    assert not begun.unexpected_keys, begun.unexpected_keys
    trainer.train()
    return [[told["loss"], told["grad_norm"], told["learning_rate"]] for told in trainer.state.log_history if "loss" in told]

def heads():
    made, rows = job_of("reward", 1)
    drawn = groups.with_head_weights(made.groups(rows, "reward"), made.config["reward"]["heads"], made.config["seed"])
    return {group["name"]: group["head_weights"] for group in drawn}

def others():
    made, rows = job_of("kto", 1)
    drawn = groups.with_other_prompts(made.groups(rows, "direct"), made.config["seed"])
    names = {tuple(group["prompt_ids"]): group["name"] for group in drawn}
    return {group["name"]: names[tuple(group["other_prompt_ids"])] for group in drawn}

def unweighted(rows):
    return [{**row, "weight": None} for row in rows]

stages = ["sft", "reward", "dpo", "kto"]
with socket.create_server(("127.0.0.1", 0)) as server:
    port = server.getsockname()[1]
# Both are forked before anything has begun to count with threads.
for rank in range(2):
    if os.fork() == 0:
        os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
        steps = {stage: steps_of(stage, 2) for stage in stages}
        # Rows of the whole step, and of some workers none that counts.
        filled = {stage: steps_of(stage, 2, more=20 if stage == "sft" else 4) for stage in stages}
        if rank == 0:
            json.dump({"two": steps, "filled": filled}, open(f"{out}/two.json", "w"))
        os._exit(0)
assert all(os.wait()[1] == 0 for _ in range(2))
alone = {stage: steps_of(stage, 1) for stage in stages}
alike = {stage: steps_of(stage, 1, unweighted) for stage in stages}
shared = json.load(open(f"{out}/two.json"))
print(json.dumps({**shared, "alone": alone, "unweighted": alike, "heads": heads(), "others": others()}))
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

/** What a file said of two texts at a prompt, or of one and silence. */
const imported = (name: string, minute: number, example: ImportedExample): ImportedRecord => ({
  ...{ id: name, ...asked(name, minute), importedFrom: 'rows.jsonl', importedAtMs: 0, example },
});

const pair = { kind: 'preference', evidence: 'behaviour' } as const;

/**
 * Six prompts, of which two were judged in passing. Every text ends its line: the tiny model has one token for end of text
 * and padding, and no score is read on padding.
 */
const compared = recordsOf({
  rankings: [
    ['quad', 'first(a)', 'b + 1', 'list.map(c)', '"d"'],
    ['triple', 'first(a)', 'second', 'third;'],
    ['couple', '{ on: true }', '[]'],
    ['duo', 'await it', '0'],
  ].map(([name = '', ...texts], i) =>
    ranking(
      asked(name, i),
      texts.map((text, rank) => [text, rank + 1] as const),
    ),
  ),
  imported: [
    imported('pair', 6, { ...pair, chosen: 'left', rejected: 'right()', weight: 0.25 }),
    imported('two', 7, { ...pair, chosen: 'new Map()', rejected: 'x', weight: 0.5 }),
  ],
});

/** Six prompts at which it is known of texts whether they are better than silence, or than each other. */
const judged = recordsOf({
  completions: [
    completion(asked('kept', 1), 'value;', keptBy(1)),
    completion(asked('refused', 2), 'wrong()', refusedFor()),
    completion(asked('replaced', 3), 'wrong();', refusedFor('right + 1;')),
  ],
  rankings: [
    ranking(asked('ranked', 4), [
      ['first(a)', 1],
      ['b + 1', 2],
      ['list.map(c)', 3],
    ]),
  ],
  imported: [
    imported('half', 5, { kind: 'unpaired-preference', completion: 'so;', label: true, weight: 0.5 }),
    imported('less', 6, { kind: 'unpaired-preference', completion: 'not()', label: false, weight: 0.25 }),
  ],
});

const hyperparameters = hyperparametersSchema.parse({
  ...{ lora: { rank: 4, alpha: 8 }, heldOutShare: 0 },
  // Every step has all rows, so that their order does not matter.
  sft: { epochs: 4, batchSize: 12, learningRate: 0.01, warmupSteps: 2, maxValidation: 0 },
  reward: {
    ...{ epochs: 4, batchSize: 6, learningRate: 0.01, warmupSteps: 2 },
    ...{ heads: 3, centring: 0.05, labelSmoothing: 0.2, rankingLabelSmoothing: 0.05 },
  },
  direct: { epochs: 4, batchSize: 6, learningRate: 0.01, warmupSteps: 2 },
});

/** The tiny model, parameters to begin with, and the examples as a stage at home takes them. */
async function atHome() {
  const base = { ...(await openModelFolder(tiny)), int8Weights: undefined };
  const { lora } = hyperparameters;
  const model = trainedModel(base, lora);
  const scalars = { ...model, layout: scalarLayout(base.config, lora, hyperparameters.reward.heads) };
  const random = RandomStream.named(1, 'adapters');
  const drawn = (size: number) => Float32Array.from({ length: size }, () => 0.1 * random.nextNormal());
  const tokenisation = { tokenizer: base.tokenizer, maxPromptTokens: 64, maxNewTokens: 16 };
  const { demonstrations } = splitExamples(demonstrated, { heldOutShare: 0 }).training;
  const preferencesOf = (work: FeedbackRecords) => {
    const { preferenceGroups } = splitExamples(work, { heldOutShare: 0 }).training;
    const sequences = preferenceSequences(preferenceGroups, tokenisation, hyperparameters.reward);
    return sequences.map((group, i) => ({ ...group, name: groupIdOf(preferenceGroups[i]!) }));
  };
  return {
    ...{ base, model, scalars, theta: drawn(model.layout.size), rewardTheta: drawn(scalars.layout.size) },
    zeros: new Float32Array(model.layout.size),
    demonstrations: demonstrationSequences(demonstrations, tokenisation),
    compared: preferencesOf(compared),
    judged: preferencesOf(judged),
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
      ...{ method: 'kto', hyperparameters, seed: 1, maxPromptTokens: 64, maxNewTokens: 16 },
      ...{ storage: '/shared', workers: 1, usesGpu: false },
    });
    return join(out, name);
  };
  const reward = { theta: rewardTheta, layout: scalars.layout };
  const jobs = [
    await job('demonstrated', demonstrated),
    await job('compared', compared),
    await job('judged', judged),
  ];
  return [...jobs, await adapter('zero', zeros), await adapter('given', theta, { reward }), out];
}

const stages = ['sft', 'reward', 'dpo', 'kto'] as const;

type Stage = (typeof stages)[number];

/** What a cluster draws. */
interface Drawn {
  /** How much each prompt counts for each head, by the prompt's name. */
  readonly heads: Readonly<Record<string, readonly number[]>>;
  /** By a prompt's name that of the one behind which its texts are read for KTO. */
  readonly others: Readonly<Record<string, string>>;
}

/** The loss of the first step at home, from the parameters that the cluster's begins with. */
const losses: Record<Stage, (home: AtHome, runtime: StageRuntime, drawn: Drawn) => Promise<number>> = {
  sft: async ({ model, theta, demonstrations }, runtime) => {
    const packs = demonstrations.map((one) => () => [one]);
    await runSft({ policy: newTrainee(model, theta), packs }, hyperparameters, runtime);
    return runtime.state.curves['loss']![0]!;
  },
  reward: async ({ scalars, rewardTheta, compared: groups }, { sessions }, { heads }) => {
    const { centring } = hyperparameters.reward;
    let sum = 0;
    for (const { name, sequences, pairs, ...settings } of groups) {
      const scores = await scoreHeads(sessions, { model: scalars, theta: rewardTheta }, sequences);
      for (const [head, weight] of heads[name]!.entries()) {
        const ofHead = scores.map((row) => row[head]!);
        sum += weight * pairwiseLoss(ofHead, pairs, { ...settings, centring }).loss;
      }
    }
    return sum / groups.length;
  },
  dpo: async ({ model, theta, zeros, compared: preferences }, runtime) => {
    const reference = { model, theta: zeros };
    const parts = { policy: newTrainee(model, theta), reference, preferences, method: 'dpo' as const };
    await runDirectPreference(parts, hyperparameters, runtime);
    return runtime.state.curves['loss']![0]!;
  },
  kto: async ({ model, theta, zeros, judged: groups }, runtime, { others }) => {
    const parts = { policy: { model, theta }, reference: { model, theta: zeros } };
    const named = new Map(groups.map((group) => [group.name, group]));
    const inTurn = [groups[0]!];
    while (inTurn.length < groups.length) inTurn.push(named.get(others[inTurn.at(-1)!.name]!)!);
    expect(new Set(inTurn).size).toBe(groups.length);
    const klReference = await mismatchedLogRatio(parts, inTurn, runtime);
    expect(klReference).toBeGreaterThan(0);
    const settings = { method: 'kto' as const, beta: hyperparameters.direct.beta, klReference };
    let sum = 0;
    for (const group of groups)
      sum += (await directLoss(parts, group, { ...settings, share: 1 / groups.length }, runtime)).loss;
    return sum;
  },
};

async function lossAtHome(home: AtHome, stage: Stage, drawn: Drawn): Promise<number> {
  const sessions = new GraphSessions(cpuSessions(home.base, 1));
  const runtime = {
    ...{ sessions, state: newStageState(), seed: 1, secondsLeft: () => Infinity, breathSeconds: () => 0 },
    ...{ plan: () => undefined, breathe: () => Promise.resolve(), afterStep: () => Promise.resolve() },
  };
  const loss = await losses[stage](home, runtime, drawn);
  await sessions.dispose();
  return loss;
}

/** The learning rates of its four steps at home. */
function ratesAtHome(stage: Stage): number[] {
  const settings = hyperparameters[stage === 'sft' || stage === 'reward' ? stage : 'direct'];
  const schedule = { ...settings, peak: settings.learningRate, shape: 'cosine' as const, totalSteps: 4 };
  return [0, 1, 2, 3].map((step) => learningRateAt(step, schedule));
}

it('rows count by their weights, heads and smoothing as at home, the same with one worker and with two, and what fills a step up counts nothing', async () => {
  const home = await atHome();
  type Steps = Record<Stage, number[][]>;
  const { alone, two, filled, unweighted, ...drawn } = clusterPython(
    program,
    await atCluster(home),
  ) as Drawn & Record<'alone' | 'two' | 'filled' | 'unweighted', Steps>;
  for (const stage of stages) {
    const [[loss]] = alone[stage] as [[number]];
    // float32 on both sides, through two layers.
    expect(Math.abs(loss - (await lossAtHome(home, stage, drawn))), stage).toBeLessThan(1e-5);
    expect(alone[stage]).toHaveLength(4);
    expectClose(two[stage].flat(), alone[stage].flat(), 1e-5);
    expectClose(filled[stage].flat(), alone[stage].flat(), 1e-5);
    const rates = alone[stage].map(([, , rate]) => rate!);
    expectClose(rates, ratesAtHome(stage), 1e-9);
    // Where every row counts 1, the loss is another one.
    expect(Math.abs(unweighted[stage][0]![0]! - loss), stage).toBeGreaterThan(0.01);
  }
  // Each prompt counts for each head by a draw of its own, 1 in the mean of all.
  const weights = Object.values(drawn.heads).map((row) => row.map((weight) => weight * row.length));
  expect(weights).toHaveLength(6);
  expect(new Set(weights.flat()).size).toBe(18);
  expect(Math.min(...weights.flat())).toBeGreaterThan(0);
});
