import * as z from 'zod';
import type { AdapterId } from '../../engine/policy.ts';
import { devices } from '../../engine/runtime/devices.ts';
import { sentenceSchema } from '../../sentences/sentenceSchema.ts';
import { hyperparametersSchema } from '../hyperparameters.ts';

const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);

/** Whether a new adapter serves, and why. */
const verdictSchema = z.object({
  promoted: z.boolean(),
  /** One sentence with both numbers, for the user. */
  reason: z.string(),
  /** Set where the weights stay as they were, and serve with a silence that was learned. */
  isSilenceAlone: z.literal(true).optional(),
  /** Absent when the run ended before the two policies could be compared. */
  comparison: z
    .object({
      promptCount: count,
      /** Groups of prompts that were taken as independent. */
      groupCount: count,
      /** Kept characters a prompt, less the cost of refused ones. */
      utilityBefore: z.number(),
      utilityAfter: z.number(),
      gain: z.number(),
      /** Ends of the gain's 95 % interval. */
      low: z.number(),
      high: z.number(),
    })
    .optional(),
});

export type Verdict = z.infer<typeof verdictSchema>;

/** What one stage of a run did. */
export const stageReportSchema = z.object({
  name: z.enum(['sft', 'reward', 'ppo', 'dpo', 'kto']),
  /** Optimiser updates made. */
  steps: count,
  seconds: z.number().nonnegative(),
  /** Final numbers by name. */
  metrics: z.record(z.string(), z.number()),
  /** One number a step, or an iteration, by name. */
  curves: z.record(z.string(), z.array(z.number())),
  /**
   * Of the reward model: how often held-out pairs came out as it predicted, in ten bins of its
   * probability, each pair both ways round; bins without a pair are left out. Absent in other stages,
   * without held-out pairs, and in manifests older than it.
   */
  calibration: z
    .array(z.object({ predicted: share, observed: share, count: z.number().int().positive() }))
    .optional(),
  /**
   * Why the stage ended early, or never began, and of a reward model why it is not used: a line for each. Absent
   * when it ran to its end, and what it made is used.
   */
  stopReason: z.string().optional(),
});

export type StageReport = z.infer<typeof stageReportSchema>;

/** What a run learned from. */
const dataSummarySchema = z.object({
  /** SHA-256 over the canonical JSON of all examples. */
  sha256: z.string().length(64),
  demonstrations: count,
  preferenceGroups: count,
  preferencePairs: count,
  /** Of the workspace's files (`codeWindows.ts`); 0 for runs that did not count them. */
  windows: count.default(0),
  prompts: count,
  heldOutDemonstrations: count,
  heldOutPreferenceGroups: count,
  /** Left out because they would have shown what is held out. */
  withheld: count,
});

export type DataSummary = z.infer<typeof dataSummarySchema>;

/** Where an imported adapter came from. */
const importSchema = z.object({
  path: z.string(),
  format: z.enum(['peft', 'gguf']),
  /** The base model as its files name it; absent where they name none. */
  baseName: z.string().optional(),
});

const chanceCurveSchema = z.object({ intercept: z.number(), slope: z.number().positive() });

const calibrationSchema = chanceCurveSchema.extend({
  over: z.literal('logit'),
  /** Of the lines that it goes on with; absent in adapters that are older than the measuring of it. */
  further: chanceCurveSchema.optional(),
});

/** How an adapter came to be: everything needed to make it again and to judge it. */
export const manifestSchema = z.object({
  formatVersion: z.literal(1),
  adapterId: z.string().transform((text) => text as AdapterId),
  /** The catalogue's id of the base model, or its path. */
  baseModelId: z.string(),
  /** `weightsFingerprint` of the base model; absent in adapters that are older than it. */
  baseSha256: z.string().length(64).optional(),
  /** Where an adapter came from that was not trained here; absent for one that was. */
  imported: importSchema.optional(),
  /** SHA-256 of the adapter's weight file. Absent in adapters that came from elsewhere. */
  weightsSha256: z.string().length(64).optional(),
  startedAtMs: z.number().nonnegative(),
  finishedAtMs: z.number().nonnegative(),
  data: dataSummarySchema,
  /** All random streams of the run are named streams of this seed. */
  seed: z.number().int(),
  hyperparameters: hyperparametersSchema,
  /** Where it was trained, and why there if that was found out; absent in adapters that are older than the choice. */
  trainedOn: z.object({ device: z.enum(devices), why: sentenceSchema.optional() }).optional(),
  stages: z.array(stageReportSchema),
  verdict: verdictSchema,
  /**
   * How its probabilities become chances of being kept; absent where it shows whatever it writes, and in adapters that
   * are older than curves over the logit.
   */
  calibration: calibrationSchema.optional().catch(undefined),
  /**
   * The same of both candidates at the gate, the weights before and the new ones, whichever were taken; each absent where
   * no silence was worth having. Absent in adapters that are older than the keeping of it.
   */
  candidateCalibrations: z
    .object({ before: calibrationSchema.optional(), after: calibrationSchema.optional() })
    .optional()
    .catch(undefined),
  /** What its silence did at the held-out places; absent where it has none, and in adapters that are older than the count. */
  silence: z
    .object({
      /** Completions that were not shown at all. */
      hidden: count,
      /** Characters that would have been kept. */
      givenUpChars: count,
      /** Characters that would have had to be refused. */
      sparedChars: count,
    })
    .optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;
