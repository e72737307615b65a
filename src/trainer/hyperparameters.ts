import * as z from 'zod';

/*
 * Every number a retraining run is steered by, with its default, range, reason and source. One user's
 * data is small (some hundred to some ten thousand events), and the machine is one desktop: where the
 * literature's value was meant for clusters, the reason says what we took instead. "Not measured here"
 * marks a choice that the project's own curves have not confirmed yet.
 */

const count = z.number().int().positive();
const learningRate = z.number().nonnegative().max(0.01);
const share = z.number().min(0).max(1);

const loraSchema = z.object({
  /** Rank of every adapter. TRL's LoRA guide goes higher for large data; 16 holds a user's habits. */
  rank: count.max(256).default(16),
  /** Scale alpha / rank = 2, the usual choice. All linear layers are adapted, without dropout (N+ details, 7). */
  alpha: z.number().positive().default(32),
});

const adamSchema = z.object({
  beta1: share.default(0.9),
  /** PyTorch's default; InstructGPT's 0.95 forgets faster than a few hundred steps ask for. */
  beta2: share.default(0.999),
  /** 1e-5 as in every RLHF code since Ziegler et al. (N+ details, 9 and 10); PyTorch's 1e-8 multiplies PPO's first steps. */
  epsilon: z.number().positive().default(1e-5),
  /** LoRA factors start at and stay near 0; the KL penalty is the anchor. */
  weightDecay: z.number().nonnegative().default(0),
  /** Global norm; OpenRLHF's value. */
  maxGradientNorm: z.number().positive().default(1),
});

const sftSchema = z.object({
  /**
   * Fifty times the 1e-5 of full fine-tuning where TRL's rule for LoRA says ten: a user's data makes
   * some dozen steps, not thousands. On one project 2e-4 left the same held-out loss after 24 steps, and 1e-3
   * over-fitted (docs/learning.md).
   */
  learningRate: learningRate.default(5e-4),
  /** Two passes: InstructGPT saw the loss over-fit after one and the preferences still rise. */
  epochs: count.max(16).default(2),
  /** As many are trained on: with a 0.5B model and prompts of 500 tokens, an hour on two cores. */
  maxDemonstrations: count.default(500),
  /**
   * Of these, how many are drawn from older ones where there are more: a retraining goes on from the adapter that
   * serves, which would forget what it is not shown. Not measured here.
   */
  rehearsedShare: share.default(0.2),
  /** Tokens of a window that are learned; a longer one would need more memory for its gradient. Not measured here. */
  maxWindowTokens: count.default(256),
  /**
   * Windows of the workspace's files that are learned from besides, 100,000 tokens: one pass of the 0.5B takes a
   * quarter of an hour on two cores. Not measured here; what windows bring is (docs/learning.md).
   */
  maxWindows: z.number().int().nonnegative().default(400),
  /**
   * Completion tokens behind one copy of a prompt, some ten rests of lines. After 150 seconds of the 0.5B on one
   * project held-out token loss was 1.74 with 96, 1.82 with 256 and 1.83 without (base 3.39): more costs more
   * than it teaches.
   */
  maxPackedTokens: z.number().int().nonnegative().default(96),
  /** How much the lines above a demonstration count beside it. */
  aboveWeight: share.default(1),
  /** Packs a step. Small, because a user has hundreds, and each step is seconds of CPU. */
  batchSize: count.default(4),
  warmupSteps: z.number().int().nonnegative().default(5),
  /**
   * The newest demonstrations that only tell which step was the best, at most a tenth of all: little is lost to learning.
   * Not measured here.
   */
  maxValidation: z.number().int().nonnegative().default(16),
  /** How often they are read, at even distances; they are only read, without a gradient. */
  validations: count.default(4),
  /** Cosine to 10 % of the peak: InstructGPT, appendix C.1. */
  finalShare: share.default(0.1),
  /**
   * How far the policy goes from where it began towards where training ended: WiSE-FT's mixing coefficient
   * (Wortsman et al. 2022, arXiv:2109.01903, section 3). Training on little goes too far; half way the same runs of
   * SmolLM2 keep what all the way loses (docs/learning.md).
   */
  mixing: share.default(0.5),
});

const rewardSchema = z.object({
  /** TRL RewardConfig. */
  learningRate: learningRate.default(1e-4),
  /** More than one pass over-fits: InstructGPT, appendix C.2. */
  epochs: count.max(4).default(1),
  /** The newest prompts that are trained on, and of those held out the newest that test it: a test takes no longer than the training. */
  maxPrompts: count.default(500),
  /** Prompts a step, all pairs of a prompt together. InstructGPT's 64 would leave a user one step. */
  batchSize: count.default(4),
  warmupSteps: z.number().int().nonnegative().default(2),
  finalShare: share.default(0.1),
  /**
   * Score heads on one trunk, each trained on another weighting of the prompts: as many as Coste et al.
   * (arXiv:2310.02743) have whole models. Not measured here.
   */
  heads: count.max(16).default(5),
  /** Standard deviations of the heads that a reward is lowered by in PPO. Not measured here. */
  doubt: z.number().nonnegative().default(1),
  /** Keeps rewards near 0: TRL's recommended centre. */
  centring: z.number().nonnegative().default(0.01),
  /** Preferences read from behaviour are wrong now and then: people agree in 60 to 75 % (arXiv:2310.02743). */
  labelSmoothing: z.number().min(0).max(0.5).default(0.1),
  /** A ranking in the side panel is a deliberate opinion, so it is believed. */
  rankingLabelSmoothing: z.number().min(0).max(0.5).default(0),
});

const ppoSchema = z.object({
  /** Ten times the 3e-6 of the N+ details, for LoRA. Falls linearly to 0. */
  learningRate: learningRate.default(3e-5),
  valueLearningRate: learningRate.default(1e-4),
  /** Rollout batches of a run. The measured 124M baseline was best long before its last of 312. */
  iterations: z.number().int().nonnegative().default(16),
  /** Rollouts a batch, as in that baseline. */
  rolloutsPerIteration: count.default(64),
  /** Completions of one prompt, written as one batch: the prompt is read once, and eight rows decode at the price of two. */
  rolloutsPerPrompt: count.default(4),
  minibatches: count.default(4),
  /** Passes over each batch: Ziegler et al. */
  epochs: count.max(16).default(4),
  /** The distribution that is sampled is the one that is scored: no top-k, no top-p. */
  temperature: z.number().positive().default(1),
  gamma: share.default(1),
  lambda: share.default(0.95),
  clipRange: z.number().positive().max(1).default(0.2),
  valueClipRange: z.number().positive().default(0.2),
  /** 0.05 collapsed into length at 124M, 0.2 did not. */
  klCoefficient: z.number().nonnegative().default(0.15),
  /** Nats a completion. Ziegler et al. took 6 for 24 tokens; line completions have about 12. */
  targetKlPerCompletion: z.number().positive().default(3),
  /** Completions. Ziegler's 10000 for runs of 10^6; ours have about 10^3. Not measured here. */
  klHorizon: z.number().positive().default(2000),
  /** OpenRLHF cuts at 10, DeepSpeed-Chat at 5. */
  scoreClip: z.number().positive().default(5),
  /** Ziegler et al.; N+ details, 23. */
  unfinishedScore: z.number().default(-1),
});

/** What may follow SFT. */
export const retrainMethods = ['ppo', 'dpo', 'kto'] as const;

const directSchema = z.object({
  /** Ten times TRL's 1e-6 (DPOConfig, KTOConfig), for LoRA. Not measured here. */
  learningRate: learningRate.default(1e-5),
  /** How far the policy may go from the SFT policy: the papers' and TRL's value. */
  beta: z.number().positive().default(0.1),
  /** As the reward model: more than one pass over-fits few preferences. */
  epochs: count.max(4).default(1),
  /** The newest prompts that are trained on. */
  maxPrompts: count.default(500),
  /** Prompts a step. KTO's estimate of the distance needs at least two. */
  batchSize: count.default(4),
  warmupSteps: z.number().int().nonnegative().default(2),
  finalShare: share.default(0.1),
});

const guardSchema = z.object({
  /** Nats a completion beyond which the policy has left the reference for good: N+ saw collapse from 50, small models break sooner. */
  maxKlPerCompletion: z.number().positive().default(12),
  /** TRL: the mean ratio floats around 1; 0.1 or 2 means that something is broken. */
  maxRatioDrift: z.number().positive().default(0.1),
  maxClipShare: share.default(0.3),
});

/**
 * PPO's batches in a run of limited time: small, so that it makes several iterations and stops near its limit. Of 16
 * rollouts, five fitted into half an hour of the 0.5B on two cores (docs/learning.md); the defaults are for a night.
 */
const ppoWithinBudget = { rolloutsPerIteration: 16, minibatches: 2, epochs: 2 };

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Whoever names sizes has them, with a budget as without one. */
function withBatchesForBudget(written: unknown): unknown {
  if (!isObject(written) || !('timeBudgetMs' in written) || written.timeBudgetMs === undefined)
    return written;
  const { ppo = {} } = written as { readonly ppo?: unknown };
  return isObject(ppo) ? { ...written, ppo: { ...ppoWithinBudget, ...ppo } } : written;
}

const parametersSchema = z.object({
  lora: loraSchema.prefault({}),
  adam: adamSchema.prefault({}),
  sft: sftSchema.prefault({}),
  reward: rewardSchema.prefault({}),
  /**
   * What follows SFT: PPO against the reward model and what is known to be written, or a cheaper rung that
   * needs no reward model and writes no rollouts.
   */
  method: z.enum(retrainMethods).default('ppo'),
  ppo: ppoSchema.prefault({}),
  direct: directSchema.prefault({}),
  guard: guardSchema.prefault({}),
  /** Newest prompts that no stage trains on. A fifth: with less the gate could never be sure, with more there is little left to learn from. */
  heldOutShare: z.number().min(0).max(0.9).default(0.2),
  /** The newest of them that both policies are asked at: each costs two completions. */
  maxHeldOutPrompts: count.default(120),
  /**
   * How long a run may take, in milliseconds; the stages and the gate share it (see `timeBudget.ts`) and stop within
   * a step, but the gate asks the fewest prompts that can decide in any case. Absent: until all steps are made, and only then is the result the same on every machine.
   */
  timeBudgetMs: z.number().positive().optional(),
});

/** Everything that steers a run. Parsing `{}` gives the defaults; a run's manifest keeps what it used. */
export const hyperparametersSchema = z.preprocess(withBatchesForBudget, parametersSchema);

export type Hyperparameters = z.infer<typeof hyperparametersSchema>;

/** The defaults, each explained beside its schema. */
export const defaultHyperparameters: Hyperparameters = hyperparametersSchema.parse({});
