import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AdapterId } from '../../src/engine/policy.ts';
import { RandomStream } from '../../src/engine/random.ts';
import { openModelFolder } from '../../src/engine/weights/modelFolder.ts';
import { weightsFingerprint } from '../../src/engine/weights/weightsFingerprint.ts';
import { writeClusterJob } from '../../src/process/cluster/clusterJob.ts';
import { AdapterStore } from '../../src/trainer/adapters/adapterStore.ts';
import { documentNamesIn, splitExamples } from '../../src/trainer/data/dataset.ts';
import { demonstrationSequences } from '../../src/trainer/data/exampleTokens.ts';
import { GraphSessions } from '../../src/trainer/graphs/graphSessions.ts';
import { scalarLayout } from '../../src/trainer/graphs/scalarGraph.ts';
import { cpuSessions } from '../../src/trainer/graphs/trainingDevice.ts';
import { trainedModel } from '../../src/trainer/graphs/trainingInputs.ts';
import { holdOutNewest } from '../../src/trainer/data/heldOut.ts';
import { hyperparametersSchema } from '../../src/trainer/hyperparameters.ts';
import { judgePreferences } from '../../src/trainer/gate/preferenceJudge.ts';
import { judgeRewardModel, verdictNumbers, type JudgedPair } from '../../src/trainer/gate/rewardGate.ts';
import { rewardTexts } from '../../src/trainer/stages/rolloutRewards.ts';
import { meanReward } from '../../src/trainer/stages/rewardModel.ts';
import { clusterPython } from '../support/clusterPython.ts';
import { expectClose } from '../support/expectTensor.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { tinyManifest } from './adapterFixture.ts';
import { askedAt, demonstration, ranking, recordsOf } from './feedbackRecords.ts';

const tiny = join(import.meta.dirname, '..', 'golden', 'tiny-qwen2');

const verdicts = `
import json, sys
from attune_cluster.reward_gate import JudgedPair, judge_reward_model
print(json.dumps([judge_reward_model([JudgedPair(*pair) for pair in pairs]) for pairs in json.loads(sys.argv[1])]))
`;

/** The numbers of a verdict that both tell: a cluster bins no probabilities. */
function numbersOf(verdict: ReturnType<typeof judgeRewardModel>): Record<string, number> {
  const numbers = Object.entries(verdictNumbers(verdict));
  return Object.fromEntries(numbers.filter(([name]) => name !== 'calibrationError'));
}

function expectNumbers(there: Record<string, number>, home: Record<string, number>, tolerance: number): void {
  expect(Object.keys(there).sort()).toEqual(Object.keys(home).sort());
  for (const [name, value] of Object.entries(home)) expectClose([there[name]!], [value], tolerance);
}

describe('whether the reward model may be used', () => {
  const random = RandomStream.named(1, 'pairs');
  /** Some pairs of each prompt, ordered rightly that often, by whoever knows what `rival` does. */
  const pairsOf = (prompts: number, share: number, rival: Partial<JudgedPair> = {}): JudgedPair[] =>
    Array.from({ length: prompts }, (_, i) =>
      Array.from({ length: 1 + random.nextBelow(3) }, () => ({
        promptKey: `${i}`,
        margin: (random.nextUniform() < share ? 1 : -1) * random.nextUniform(),
        headsAgree: random.nextUniform() < 0.7,
        chosenChars: random.nextBelow(20),
        rejectedChars: random.nextBelow(20),
        chosenLogProb: random.nextNormal(),
        rejectedLogProb: random.nextNormal(),
        ...rival,
      })),
    ).flat();
  const cases: readonly (readonly [name: string, pairs: JudgedPair[], passes: boolean])[] = [
    ['knows them', pairsOf(80, 0.95), true],
    ['is a coin', pairsOf(80, 0.5), false],
    ['knows them, but of too few', pairsOf(6, 0.75), false],
    ['knows no more than length', pairsOf(80, 0.9, { chosenChars: 30 }), false],
    ['knows no more than shortness', pairsOf(80, 0.9, { chosenChars: -1 }), false],
    ['knows no more than the likelihood', pairsOf(80, 0.9, { chosenLogProb: 9 }), false],
    ['was not asked', [], false],
  ];
  const there = clusterPython(verdicts, [
    JSON.stringify(
      cases.map(([, pairs]) => pairs.map((pair) => Object.values<string | number | boolean>({ ...pair }))),
    ),
  ]) as [reason: string | null, numbers: Record<string, number>][];

  it.each(cases.map(([name, pairs, passes], i) => ({ name, pairs, passes, found: there[i]! })))(
    'is said as at home, in the same words, of one that $name',
    ({ pairs, passes, found: [reason, numbers] }) => {
      const home = judgeRewardModel(pairs);
      expect(home.passes).toBe(passes);
      expect(reason).toBe(passes ? null : home.reason);
      if (pairs.length > 0) expectNumbers(numbers, numbersOf(home), 1e-12);
      else expect(numbers).toEqual({ passes: 0 });
    },
  );
});

/** Judges the rows that a job has for that, and rewards texts at the first prompt by a judge that passed and one that did not. */
const judging = `
import json, pathlib, sys, peft, torch, transformers
from attune_cluster import data, ppo_stage
from attune_cluster.judging import Judge
from attune_cluster.reward_gate import judge_pairs, judge_reward_model
from attune_cluster.settings import read_config
from attune_cluster.tokens import Vocabulary
from attune_cluster.workers import Workers
base, job, adapter = map(pathlib.Path, sys.argv[1:4])
texts = json.loads(sys.argv[4])
config = read_config(job)
sft = peft.PeftModel.from_pretrained(
    transformers.AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), adapter
).merge_and_unload()
# An adapter of PPO that is not at its beginning any more: it says nothing of what is likely.
lora = peft.LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM", init_lora_weights=False)
policy = peft.get_peft_model(sft, lora).eval()
heads = config["reward"]["heads"]
classifier = transformers.AutoModelForSequenceClassification.from_pretrained(base, num_labels=heads, dtype=torch.float32)
scalars = peft.PeftModel.from_pretrained(classifier, adapter / "reward_model", adapter_name="judge")
scalars.load_adapter(adapter / "reward_model", "critic", is_trainable=True)
demonstrations = list(data.read_rows(job / "sft.jsonl"))
judge = Judge(scalars.eval(), Vocabulary(base, None), config, demonstrations)
reason, numbers = judge_reward_model(judge_pairs(list(data.read_rows(job / "judge.jsonl")), judge, policy, Workers()))
[row] = [row for row in ppo_stage.prompts_in(demonstrations, []) if row["written"] == texts[0]]
rewards = lambda: judge.rewards(row, texts, ppo_stage.place_of(row), row["written"])
untrusted = rewards()
judge.is_trusted = True
print(json.dumps({"numbers": numbers, "bias": judge.bias, "untrusted": untrusted, "trusted": rewards()}))
`;

it('a job judges its reward model by work that it does not learn from, and without it by what was written', async () => {
  const hyperparameters = hyperparametersSchema.parse({
    ...{ lora: { rank: 4, alpha: 8 }, heldOutShare: 0.4, reward: { heads: 3, doubt: 0.7 } },
  });
  const limits = { maxPromptTokens: 64, maxNewTokens: 24 };
  const work = recordsOf({
    rankings: Array.from({ length: 60 }, (_, i) =>
      ranking(askedAt(`const value${i} = █;\n`, i, `file:///${i}.ts`), [
        [`compute(${i})`, 1],
        [`${i}`, 2],
        [i % 2 === 0 ? '' : `wrong(${i}, ${i + 1})`, 3],
      ]),
    ),
    demonstrations: Array.from({ length: 20 }, (_, i) =>
      demonstration(askedAt(`let other${i} = █\n`, i, `file:///other${i}.ts`), `made(${i * 7});`),
    ),
  });
  const { training, heldOut } = holdOutNewest(
    splitExamples(work, { heldOutShare: 0.4 }).training,
    { heldOutShare: 0.4 },
    documentNamesIn(work),
  );
  expect(heldOut.preferenceGroups.length).toBeGreaterThan(8);

  const base = { ...(await openModelFolder(tiny)), int8Weights: undefined };
  const model = trainedModel(base, hyperparameters.lora);
  const { heads, doubt } = hyperparameters.reward;
  const scalars = { ...model, layout: scalarLayout(base.config, hyperparameters.lora, heads) };
  const random = RandomStream.named(1, 'adapters');
  const drawn = (size: number) => Float32Array.from({ length: size }, () => 0.1 * random.nextNormal());
  const [theta, rewardTheta] = [drawn(model.layout.size), drawn(scalars.layout.size)];

  const out = temporaryFolder();
  const store = new AdapterStore(join(out, 'store'));
  const id = 'given' as AdapterId;
  const baseSha256 = await weightsFingerprint(base.weights.path);
  await store.save({
    ...{ theta, layout: model.layout, peft: { alpha: hyperparameters.lora.alpha, taskType: 'CAUSAL_LM' } },
    manifest: tinyManifest(id, { baseModelId: 'tiny', baseSha256 }),
    reward: { theta: rewardTheta, layout: scalars.layout },
  });
  const job = join(out, 'job');
  await writeClusterJob(job, work, {
    base: { name: 'tiny', sha256: baseSha256, path: tiny },
    ...{ method: 'ppo', hyperparameters, seed: 1, storage: '/shared', workers: 1, usesGpu: false, ...limits },
  });
  const texts = [training.demonstrations.at(-1)!.text, 'made(0, 1);', ''];
  const there = clusterPython(judging, [tiny, job, store.folderOf(id), JSON.stringify(texts)]) as {
    numbers: Record<string, number>;
    bias: number;
    untrusted: number[];
    trusted: number[];
  };

  const sessions = new GraphSessions(cpuSessions(base, 1));
  const runtime = { sessions, breathe: () => Promise.resolve(), secondsLeft: () => Infinity };
  const tokenisation = { tokenizer: base.tokenizer, ...limits };
  const rewardModel = { model: scalars, theta: rewardTheta, doubt };
  const verdict = await judgePreferences(
    heldOut.preferenceGroups,
    { rewardModel, reference: { model, theta }, tokenisation },
    runtime,
  );
  const newest = demonstrationSequences(training.demonstrations, tokenisation);
  const rewardBias = await meanReward(rewardModel, newest, runtime);
  const rewardsBy = (judge: typeof rewardModel | undefined) =>
    rewardTexts({ ...training.demonstrations.at(-1)!, writtenText: texts[0]! }, texts, {
      ...{ sessions, judge, rewardBias, tokenisation },
    });
  const [trusted, untrusted] = [await rewardsBy(rewardModel), await rewardsBy(undefined)];
  await sessions.dispose();

  // float32 on both sides.
  expectNumbers(there.numbers, numbersOf(verdict), 1e-5);
  expectClose([there.bias], [rewardBias], 1e-5);
  expectClose(there.untrusted, untrusted, 1e-5);
  expectClose(there.trusted, trusted, 1e-5);
  expect(Math.abs(trusted[0]! - untrusted[0]!)).toBeGreaterThan(1e-3);
});
