import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { weightsFingerprint } from '../../src/engine/weights/weightsFingerprint.ts';
import { writeClusterJob } from '../../src/process/cluster/clusterJob.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { computeGae } from '../../src/trainer/stages/advantages.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { scalarLayout } from '../../src/trainer/graphs/scalarGraph.ts';
import { cpuSessions } from '../../src/trainer/graphs/trainingDevice.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { hyperparametersSchema } from '../../src/trainer/hyperparameters.ts';
import { nextKlCoefficient } from '../../src/trainer/stages/klControl.ts';
import { policyLoss, valueLoss } from '../../src/trainer/stages/ppoLoss.ts';
import { rewardTokens, scoreCompletion } from '../../src/trainer/stages/rewards.ts';
import { runPpo } from '../../src/trainer/stages/ppo.ts';
import { newStageState } from '../../src/trainer/stages/stage.ts';
import { newTrainee } from '../../src/trainer/stages/trainee.ts';
import { whyTooFar, whyToUndo } from '../../src/trainer/stages/trainingGuards.ts';
import { whiten } from '../../src/trainer/stages/whiten.ts';
import { clusterPython } from '../support/clusterPython.ts';
import { expectClose } from '../support/expectTensor.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { tinyManifest } from './adapterFixture.ts';
import { recordsOf } from './feedbackRecords.ts';

const tiny = join(import.meta.dirname, '..', 'golden', 'tiny-qwen2');

/** float64 on both sides. */
const exact = 1e-12;

const formulas = `
import json, sys, torch
from attune_cluster import ppo_math
given = json.loads(sys.argv[1])
row = lambda name: torch.tensor(given[name], dtype=torch.float64)
rows = lambda name: [torch.tensor(each, dtype=torch.float64) for each in given[name]]
def slope(loss_of, name):
    values = row(name).requires_grad_()
    loss, metrics = loss_of(values)
    loss.backward()
    return {"loss": float(loss.detach()), "gradient": values.grad.tolist(), **metrics}
def gae(each):
    return [part.tolist() for part in ppo_math.compute_gae(row("rewards"), row("values"), *each)]
print(json.dumps({
    "logProbs": ppo_math.log_probs_of(row("logits").view(3, -1), torch.tensor(given["tokens"]), 0.7).tolist(),
    "rewards": ppo_math.reward_tokens(row("logProbs"), row("oldLogProbs"), 0.7, 0.15).tolist(),
    "scores": [ppo_math.score_completion(*each, given["ppo"], 0.25) for each in given["scored"]],
    "gae": [gae(each) for each in ([1, 0.95], [1, 1], [0.99, 0.95])],
    "whitened": [each.tolist() for each in ppo_math.whiten(rows("advantageRows"))],
    "policy": slope(lambda new: ppo_math.policy_loss(new, row("oldLogProbs"), row("advantages"), 0.2, 7), "logProbs"),
    "value": slope(lambda new: (ppo_math.value_loss(new, row("oldValues"), row("returns"), 0.2, 7), {}), "values"),
    "kl": [ppo_math.next_kl_coefficient(0.2, kl, 256, 6, 10000) for kl in given["kl"]],
    "reasons": [
        ppo_math.why_too_far(each["klPerCompletion"], given["guard"]) or ppo_math.why_to_undo(each, given["guard"])
        for each in given["health"]
    ],
}))
`;

describe('the formulas of PPO on a cluster', () => {
  const random = RandomStream.named(1, 'formulas');
  const normal = (count: number, scale = 1): number[] =>
    Array.from({ length: count }, () => scale * random.nextNormal());
  const oldLogProbs = normal(60, 2);
  const guard = { maxKlPerCompletion: 12, maxRatioDrift: 0.1, maxClipShare: 0.3 };
  const health = [
    { klPerCompletion: 3, meanRatio: 1.05, clipShare: 0.1 },
    { klPerCompletion: 13, meanRatio: 1, clipShare: 0 },
    { klPerCompletion: 3, meanRatio: 0.85, clipShare: 0 },
    { klPerCompletion: 3, meanRatio: 1, clipShare: 0.4 },
  ];
  const given = {
    logits: normal(3 * 11, 3),
    tokens: [4, 0, 10],
    oldLogProbs,
    // Some beyond both clips, one beyond the largest log-ratio.
    logProbs: oldLogProbs.map((value, i) => (i === 0 ? value + 30 : value + 0.3 * random.nextNormal())),
    advantages: normal(60),
    rewards: normal(60),
    values: normal(60),
    oldValues: normal(60),
    returns: normal(60, 2),
    // Those of facts that were worked out by hand, and others.
    advantageRows: [[0.74580625, 1.111375], [], [0.6225, 0.95], normal(5)],
    scored: [
      [2, true],
      [9, true],
      [-9, true],
      [9, false],
    ] as [number, boolean][],
    kl: [12, 6, 3, 0],
    ppo: { score_clip: 5, unfinished_score: -1 },
    guard: { max_kl_per_completion: 12, max_ratio_drift: 0.1, max_clip_share: 0.3 },
    health,
  };
  interface Loss {
    readonly loss: number;
    readonly gradient: number[];
  }
  const there = clusterPython(formulas, [JSON.stringify(given)]) as {
    logProbs: number[];
    rewards: number[];
    scores: number[];
    gae: [advantages: number[], returns: number[]][];
    whitened: number[][];
    policy: Loss & Record<'clipShare' | 'approxKl' | 'meanRatio', number>;
    value: Loss;
    kl: number[];
    reasons: (string | null)[];
  };

  it('gives the log-probabilities at a temperature', () => {
    const home = given.tokens.map((token, row) => {
      const logits = given.logits.slice(11 * row, 11 * (row + 1)).map((logit) => logit / 0.7);
      return logits[token]! - Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    });
    expectClose(there.logProbs, home, exact);
  });

  it('charges for distance on every token and puts the score on the last', () => {
    const home = rewardTokens({ ...given, refLogProbs: oldLogProbs }, 0.7, 0.15);
    expectClose(there.rewards, home, exact);
    const kl = given.logProbs.reduce((sum, value, t) => sum + (value - oldLogProbs[t]!), 0);
    expect(there.rewards.reduce((sum, reward) => sum + reward, 0)).toBeCloseTo(0.7 - 0.15 * kl, 9);
  });

  it('scores completions', () => {
    const settings = { rewardBias: 0.25, scoreClip: 5, unfinishedScore: -1 };
    expect(there.scores).toEqual(
      given.scored.map(([reward, isFinished]) => scoreCompletion(reward, isFinished, settings)),
    );
  });

  it.each([
    [0, { gamma: 1, lambda: 0.95 }],
    [1, { gamma: 1, lambda: 1 }],
    [2, { gamma: 0.99, lambda: 0.95 }],
  ])('estimates advantages and returns: row %i', (row, settings) => {
    const home = computeGae(given, settings);
    expectClose(there.gae[row]![0], home.advantages, exact);
    expectClose(there.gae[row]![1], home.returns, exact);
  });

  it('whitens over all rows', () => {
    const home = whiten(given.advantageRows);
    expectClose(
      there.whitened.flat(),
      home.flatMap((row) => [...row]),
      exact,
    );
  });

  it('clips the policy loss and its gradient', () => {
    const home = policyLoss(given, 0.2, 7);
    expectClose(there.policy.gradient, home.gradient, exact);
    for (const name of ['loss', 'clipShare', 'approxKl', 'meanRatio'] as const)
      expectClose([there.policy[name]], [home[name]], exact);
    expect(home.clipShare).toBeGreaterThan(1);
  });

  it('clips the value loss and its gradient', () => {
    const home = valueLoss(given, 0.2, 7);
    expectClose(there.value.gradient, home.gradient, exact);
    expectClose([there.value.loss], [home.loss], exact);
  });

  it('steers the coefficient of the distance', () => {
    const steer = { targetKlPerCompletion: 6, horizon: 10_000 };
    const home = given.kl.map((klPerCompletion) =>
      nextKlCoefficient(0.2, { klPerCompletion, completionCount: 256 }, steer),
    );
    expectClose(there.kl, home, exact);
    expectClose(there.kl, [0.201024, 0.2, 0.198976, 0.198976], exact);
  });

  it('stops where home stops', () => {
    const home = health.map((each) => whyTooFar(each.klPerCompletion, guard) ?? whyToUndo(each, guard));
    expect(there.reasons).toEqual(home.map((reason) => reason ?? null));
    expect(home.filter((reason) => reason !== undefined)).toHaveLength(3);
  });
});

/** PPO on rollouts that are given, with the adapters of a PEFT folder; prints the numbers of its iterations. */
const givenRollouts = `
import json, pathlib, sys, peft, torch, transformers
from attune_cluster.ppo import Ppo
from attune_cluster.settings import read_config
from attune_cluster.workers import Workers
from attune_cluster.writing import Rollout
base, job, adapter = map(pathlib.Path, sys.argv[1:])
config = read_config(job)
groups = [[Rollout(*each) for each in group] for group in json.loads((job / "rollouts.json").read_text())]
load = lambda kind, folder, **more: peft.PeftModel.from_pretrained(
    kind.from_pretrained(base, dtype=torch.float32, **more), folder, is_trainable=True
).eval()
policy = load(transformers.AutoModelForCausalLM, adapter)
critic = load(transformers.AutoModelForSequenceClassification, adapter / "reward_model", num_labels=config["reward"]["heads"])
ppo = Ppo(policy, critic, lambda iteration: (groups, len(groups)), config, Workers(), 0.25)
numbers = []
ppo.run(numbers.append)
print(json.dumps(numbers))
`;

it('learns the same from the same rollouts as at home, iteration after iteration', async () => {
  const base = { ...(await openModelFolder(tiny)), int8Weights: undefined };
  const hyperparameters = hyperparametersSchema.parse({
    ...{ lora: { rank: 4, alpha: 8 }, reward: { heads: 3 } },
    ppo: {
      ...{ iterations: 3, epochs: 2, minibatches: 1, temperature: 0.7, learningRate: 0.003 },
      ...{ valueLearningRate: 0.01, klHorizon: 20 },
    },
    guard: { maxKlPerCompletion: 1000, maxRatioDrift: 100, maxClipShare: 1 },
  });
  const { lora } = hyperparameters;
  const model = trainedModel(base, lora);
  const scalars = { ...model, layout: scalarLayout(base.config, lora, hyperparameters.reward.heads) };
  const random = RandomStream.named(1, 'adapters');
  const drawn = (size: number) => Float32Array.from({ length: size }, () => 0.1 * random.nextNormal());
  const [theta, rewardTheta] = [drawn(model.layout.size), drawn(scalars.layout.size)];
  const tokens = (count: number) => Array.from({ length: count }, () => random.nextBelow(256));
  const groups = [12, 20].map((length) => {
    const promptTokens = tokens(length);
    return [1, 3, 6].map((count, i) => ({
      sequence: { promptTokens, completionTokens: tokens(count + i), freeFrom: i },
      isFinished: count < 6,
      reward: random.nextNormal(),
    }));
  });

  const sessions = new GraphSessions(cpuSessions(base, 1));
  const state = newStageState();
  const policy = newTrainee(model, theta);
  const critic = newTrainee(scalars, rewardTheta);
  const reference = { model, theta: new Float32Array(theta.length) };
  await runPpo(
    { policy, critic, reference, rewardBias: 0.25, best: theta.slice(), well: theta.slice() },
    () => Promise.resolve(groups),
    hyperparameters,
    {
      ...{ sessions, state, seed: 1, secondsLeft: () => Infinity, breathSeconds: () => 0 },
      ...{ plan: () => undefined, breathe: () => Promise.resolve(), afterStep: () => Promise.resolve() },
    },
  );
  await sessions.dispose();

  const out = temporaryFolder();
  const id = 'given' as AdapterId;
  const store = new AdapterStore(join(out, 'store'));
  const baseSha256 = await weightsFingerprint(base.weights.path);
  await store.save({
    ...{ theta, layout: model.layout, peft: { alpha: lora.alpha, taskType: 'CAUSAL_LM' } },
    manifest: tinyManifest(id, { baseModelId: 'tiny', baseSha256 }),
    reward: { theta: rewardTheta, layout: scalars.layout },
  });
  const job = join(out, 'job');
  await writeClusterJob(job, recordsOf({}), {
    base: { name: 'tiny', sha256: baseSha256, path: tiny },
    ...{ method: 'ppo', hyperparameters, seed: 1, maxPromptTokens: 64, maxNewTokens: 8 },
    ...{ storage: '/shared', workers: 1, usesGpu: false },
  });
  const rows = groups.map((group) =>
    group.map(({ sequence: { promptTokens, completionTokens, freeFrom }, isFinished, reward }) => [
      ...[promptTokens, completionTokens, freeFrom, isFinished, '', reward],
    ]),
  );
  writeFileSync(join(job, 'rollouts.json'), JSON.stringify(rows));
  const there = clusterPython(givenRollouts, [tiny, job, store.folderOf(id)]) as Record<string, number>[];

  expect(there).toHaveLength(3);
  expect(new Set(Object.keys(there[0]!))).toEqual(new Set(Object.keys(state.curves)));
  for (const [name, curve] of Object.entries(state.curves))
    // float32 on both sides, through two layers and six updates.
    expectClose(
      there.map((numbers) => numbers[name]!),
      curve,
      2e-4,
    );
});

/**
 * PPO of a tiny model that is rewarded by how many of the four tokens it writes are below 64. Prints the numbers of
 * all iterations: of a run, of the same again, of one that is stopped and goes on, and of two workers.
 */
const toy = `
import json, os, sys, peft, torch, transformers
from attune_cluster.ends import Place
from attune_cluster.ppo import Ppo
from attune_cluster.settings import read_config
from attune_cluster.tokens import Vocabulary
from attune_cluster.workers import Workers, stream
from attune_cluster.writing import write
base, job, out = sys.argv[1:]
config = read_config(job)
vocabulary = Vocabulary(base, None)
settings = {"count": 16, "temperature": 1, "max_new_tokens": 4}
prompts = [[10, 20], [30, 40], [50, 60], [70, 80]]

def load(kind, task, **more):
    torch.manual_seed(config["seed"])
    lora = peft.LoraConfig(r=4, lora_alpha=64, target_modules=["q_proj", "v_proj", "o_proj", "up_proj", "down_proj"], task_type=task)
    return peft.get_peft_model(kind.from_pretrained(base, dtype=torch.float32, **more), lora).eval()

def begin():
    policy = load(transformers.AutoModelForCausalLM, "CAUSAL_LM")
    critic = load(transformers.AutoModelForSequenceClassification, "SEQ_CLS", num_labels=1)
    workers = Workers()
    def at(iteration, prompt):
        rollouts = write(policy, vocabulary, prompt, "", Place("", "", "block"), settings, stream(1, iteration, prompt))
        for rollout in rollouts:
            rollout.reward, rollout.is_finished = sum(token < 64 for token in rollout.tokens), True
        return rollouts
    sample = lambda iteration: ([at(iteration, prompt) for prompt in workers.own(prompts)], len(prompts))
    return Ppo(policy, critic, sample, config, workers)

def run(ppo, iterations=None):
    numbers = []
    class Enough(Exception):
        pass
    def after(each):
        numbers.append(each)
        if len(numbers) == iterations:
            raise Enough()
    try:
        ppo.run(after)
    except Enough:
        pass
    return numbers

def two_workers(iterations):
    # Both are forked before anything has begun to count with threads.
    for rank in range(2):
        if os.fork() == 0:
            torch.set_num_threads(1)
            torch.distributed.init_process_group("gloo", init_method=f"file://{out}/group", rank=rank, world_size=2)
            numbers = run(begin(), iterations)
            if rank == 0:
                json.dump(numbers, open(f"{out}/two.json", "w"))
            torch.distributed.barrier()
            os._exit(0)
    assert all(os.wait()[1] == 0 for _ in range(2))
    return json.load(open(f"{out}/two.json"))

two = two_workers(3)
stopped = begin()
first = run(stopped, 2)
stopped.save(f"{out}/checkpoint.pt")
resumed = begin()
resumed.restore(f"{out}/checkpoint.pt")

def guarded():
    ppo = begin()
    ppo.config = {**config, "guard": {**config["guard"], "max_kl_per_completion": 0.05}}
    known = [ppo.policy.copied_weights()]
    reason = ppo.run(lambda numbers: known.append(ppo.policy.copied_weights()))
    left = ppo.policy.copied_weights()
    return {"reason": reason, "isLeft": [all(map(torch.equal, left, each)) for each in known]}

runs = {"once": run(begin()), "again": run(begin()), "resumed": first + run(resumed), "two": two}
print(json.dumps({"runs": runs, "guarded": guarded()}))
`;

it('writes more of what is rewarded, the same for the same seed, stopped or not, alone or as two workers, and no further than its guard', async () => {
  const out = temporaryFolder();
  const job = join(out, 'job');
  await writeClusterJob(job, recordsOf({}), {
    base: { name: 'tiny', sha256: 'a'.repeat(64), path: tiny },
    hyperparameters: hyperparametersSchema.parse({
      ppo: {
        ...{ iterations: 12, epochs: 2, minibatches: 2, learningRate: 0.01, valueLearningRate: 0.01 },
        klCoefficient: 0.01,
      },
      guard: { maxKlPerCompletion: 1000, maxRatioDrift: 100, maxClipShare: 1 },
    }),
    ...{ method: 'ppo', seed: 1, maxPromptTokens: 64, maxNewTokens: 4 },
    ...{ storage: '/shared', workers: 1, usesGpu: false },
  });
  type Numbers = Record<string, number>[];
  const { runs, guarded } = clusterPython(toy, [tiny, job, out]) as {
    readonly runs: Record<'once' | 'again' | 'resumed' | 'two', Numbers>;
    readonly guarded: { readonly reason: string; readonly isLeft: readonly boolean[] };
  };
  const { once, again, resumed, two } = runs;

  expect(once).toHaveLength(12);
  expect(once.at(-1)!['score']!).toBeGreaterThan(once[0]!['score']! + 0.4);
  expect(once[0]!['klPerCompletion']).toBe(0);
  for (const { firstRatio } of once) expect(Math.abs(firstRatio! - 1)).toBeLessThan(1e-4);

  expect(again).toEqual(once);
  expect(resumed).toEqual(once);

  expect(two).toHaveLength(3);
  for (const [i, numbers] of two.entries())
    for (const [name, value] of Object.entries(numbers)) expectClose([value], [once[i]![name]!], 1e-4);

  // What the last iteration made is what was too far; the policy that made it was not.
  expect(guarded.reason).toMatch(/nats a completion away from the reference/);
  expect(guarded.isLeft.slice(-2)).toEqual([true, false]);
});
