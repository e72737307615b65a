import { describe, expect, it } from 'vitest';
import { loadPolicy, type ModelPolicy } from '../../../src/engine/generation/modelPolicy.ts';
import { policyIdOf } from '../../../src/engine/policy.ts';
import type { Tokenizer } from '../../../src/engine/tokenizer/tokenizer.ts';
import { hyperparametersSchema, type Hyperparameters } from '../../../src/trainer/hyperparameters.ts';
import { runPpo, type SampleRollouts } from '../../../src/trainer/stages/ppo.ts';
import { newRewardTheta } from '../../../src/trainer/stages/rewardModel.ts';
import { newStageState, type StageState } from '../../../src/trainer/stages/stage.ts';
import { newTrainee, type Trainee } from '../../../src/trainer/stages/trainee.ts';
import { makeTinyTrainer, type TinyTrainer } from '../../support/tinyTrainer.ts';

const endOfText = 0;

/** Tokens of one byte; token 0 ends a text. */
const tinyTokenizer: Tokenizer = {
  vocabularySize: 32,
  endOfText,
  stopTokens: new Set([endOfText]),
  fim: undefined,
  repository: undefined,
  chat: undefined,
  encode: () => [],
  decode: () => '',
  bytesOf: (token) => (token === endOfText ? new Uint8Array(0) : Uint8Array.of(64 + token)),
};

/** Two layers learn fast, so the rates are far above a real model's. */
const settings = (ppo: Partial<Hyperparameters['ppo']> = {}): Hyperparameters =>
  hyperparametersSchema.parse({
    ppo: {
      learningRate: 0.01,
      valueLearningRate: 0.01,
      iterations: 12,
      epochs: 2,
      minibatches: 2,
      klCoefficient: 0.01,
      ...ppo,
    },
    guard: { maxKlPerCompletion: 1000, maxRatioDrift: 100, maxClipShare: 1 },
  });

function guardedBy(limit: Partial<Hyperparameters['guard']>): Hyperparameters {
  const free = settings();
  return { ...free, guard: { ...free.guard, ...limit } };
}

const wanted = 7;
const signal = new AbortController().signal;

/** Rollouts of four tokens at most, rewarded by how many of them are token 7. */
function sampler(policy: ModelPolicy): SampleRollouts {
  return async (theta, iteration) => {
    const writer = policy.withTheta(policyIdOf('tiny', undefined), theta);
    const groups = [2, 5, 11, 17].map(async (token) => {
      const promptTokens = [1, token];
      const request = {
        promptTokens,
        typedText: '',
        count: 8,
        temperature: 1,
        maxNewTokens: 4,
        seed: iteration,
      };
      const generations = await writer.generate({ ...request, seed: 100 * iteration + token }, signal);
      return generations.map(({ tokens, freeFrom }) => ({
        sequence: { promptTokens, completionTokens: tokens, freeFrom },
        isFinished: true,
        reward: tokens.filter((written) => written === wanted).length,
      }));
    });
    return Promise.all(groups);
  };
}

/** What each rollout of an iteration is worth, whatever it says. */
type RewardIn = (iteration: number) => number;

function rewarding(sample: SampleRollouts, rewardIn: RewardIn): SampleRollouts {
  return async (theta, iteration) => {
    const groups = await sample(theta, iteration);
    return groups.map((group) => group.map((rollout) => ({ ...rollout, reward: rewardIn(iteration) })));
  };
}

interface Run {
  readonly trainer: TinyTrainer;
  readonly policy: Trainee;
  readonly critic: Trainee;
  readonly state: StageState;
  readonly go: (afterStep?: () => Promise<void>) => Promise<string | undefined>;
}

async function prepare(hyperparameters = settings(), seed = 1, rewardIn?: RewardIn): Promise<Run> {
  const trainer = await makeTinyTrainer();
  const { lora } = trainer.model;
  const writer = await loadPolicy(
    { config: trainer.tiny.config, tokenizer: tinyTokenizer, weights: trainer.tiny.weights },
    { id: policyIdOf('tiny', undefined), adapter: { lora, theta: trainer.theta }, threads: 1 },
  );
  const policy = newTrainee(trainer.model, trainer.theta);
  const reward = newRewardTheta(trainer.model, trainer.theta, { seed, heads: 2 });
  const critic = newTrainee(reward.model, reward.theta);
  const reference = { model: trainer.model, theta: trainer.theta };
  const state = newStageState();
  const [best, well] = [policy.theta.slice(), policy.theta.slice()];
  const go: Run['go'] = (afterStep = () => Promise.resolve()) =>
    runPpo(
      { policy, critic, reference, rewardBias: 0, best, well },
      rewardIn === undefined ? sampler(writer) : rewarding(sampler(writer), rewardIn),
      hyperparameters,
      trainer.runtime({ state, seed, afterStep }),
    );
  return { trainer, policy, critic, state, go };
}

describe('runPpo', () => {
  it('writes more of what is rewarded', async () => {
    const { state, go } = await prepare(settings({ iterations: 24 }));
    expect(await go()).toBeUndefined();
    const { score } = state.curves;
    expect(score).toHaveLength(24);
    expect(score!.at(-1)!).toBeGreaterThan(score![0]! + 1);
  });

  it('starts every iteration with a ratio of 1: what is scored is what was sampled', async () => {
    const { state, go } = await prepare(settings({ iterations: 3 }));
    await go();
    for (const ratio of state.curves['firstRatio']!) expect(Math.abs(ratio - 1)).toBeLessThan(1e-4);
  });

  it('is at distance 0 from its reference before it has learned anything', async () => {
    const { state, go } = await prepare(settings({ iterations: 1 }));
    await go();
    expect(state.curves['klPerCompletion']![0]).toBe(0);
  });

  it('stays at the reference when straying is expensive', async () => {
    const free = await prepare();
    await free.go();
    const held = await prepare(settings({ klCoefficient: 50 }));
    await held.go();
    const strayed = ({ state }: Run): number => Math.abs(state.curves['klPerCompletion']!.at(-1)!);
    expect(strayed(held)).toBeLessThan(0.1 * strayed(free));
  });

  it('changes nothing at learning rate 0', async () => {
    const { trainer, policy, go } = await prepare(settings({ iterations: 1, learningRate: 0 }));
    await go();
    expect(policy.theta).toEqual(trainer.theta);
  });

  it('ends with the policy of iterations that were surely better than the last ones', async () => {
    const run = await prepare(settings({ iterations: 10 }), 1, (iteration) => (iteration < 5 ? 2 : 0));
    const thetas: Float32Array[] = [run.policy.theta.slice()];
    await run.go(() => Promise.resolve(void thetas.push(run.policy.theta.slice())));
    // Iterations 0 to 4 are the best five together; the last of them was written by what 4 updates had made.
    expect(run.state.numbers['returnedTo']).toBe(5);
    expect(run.policy.theta).toEqual(thetas[4]);
  });

  it('ends with its last policy where none before was surely better', async () => {
    const run = await prepare(settings({ iterations: 10 }), 1, (iteration) => iteration % 2);
    const thetas: Float32Array[] = [];
    await run.go(() => Promise.resolve(void thetas.push(run.policy.theta.slice())));
    expect(run.state.numbers).not.toHaveProperty('returnedTo');
    expect(run.policy.theta).toEqual(thetas.at(-1));
  });

  it('goes on from where it was stopped as if it had not been, bit for bit', async () => {
    const hyperparameters = settings({ iterations: 4 });
    const uninterrupted = await prepare(hyperparameters);
    await uninterrupted.go();
    const { policy, state, go } = await prepare(hyperparameters);
    const stop = new Error('stopped');
    const stopAtTwo = (): Promise<void> => (state.step === 2 ? Promise.reject(stop) : Promise.resolve());
    await expect(go(stopAtTwo)).rejects.toBe(stop);
    await go();
    expect(policy.theta).toEqual(uninterrupted.policy.theta);
    expect(state.curves).toEqual(uninterrupted.state.curves);
  });

  it('gives the same bits for the same seed', async () => {
    const hyperparameters = settings({ iterations: 2 });
    const runs = [await prepare(hyperparameters), await prepare(hyperparameters)];
    for (const run of runs) await run.go();
    expect(runs[0]!.policy.theta).toEqual(runs[1]!.policy.theta);
  });

  it('puts the last policy back that was near enough and says why when one has strayed too far', async () => {
    const { policy, critic, state, go } = await prepare(guardedBy({ maxKlPerCompletion: 0.05 }));
    const thetas: Float32Array[] = [policy.theta.slice()];
    let judge = critic.theta;
    const reason = await go(() => {
      thetas.push(policy.theta.slice());
      judge = critic.theta.slice();
      return Promise.resolve();
    });
    expect(reason).toMatch(/nats a completion away from the reference/);
    expect(Math.max(...state.curves['klPerCompletion']!)).toBeLessThan(0.05);
    // What the last iteration left is what was too far; the policy that wrote its rollouts was not.
    expect(policy.theta).toEqual(thetas.at(-2));
    expect(policy.theta).not.toEqual(thetas.at(-1));
    expect(critic.theta).toEqual(judge);
  });

  it('undoes updates that went too far at once', async () => {
    const { trainer, policy, go } = await prepare(guardedBy({ maxRatioDrift: 1e-6 }));
    expect(await go()).toMatch(/the mean probability ratio is/);
    expect(policy.theta).toEqual(trainer.theta);
  });
});
