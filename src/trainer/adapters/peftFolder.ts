import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { hasCode } from '../../engine/files.ts';
import { invariant } from '../../engine/invariant.ts';
import { isFolder } from '../../engine/weights/pathKind.ts';
import { sentence } from '../../sentences/sentence.ts';
import { adapterForeign } from '../errors.ts';
import {
  loneFactor,
  type ForeignAdapter,
  type ForeignReward,
  type LowRank,
  type NamedBase,
} from './foreignAdapter.ts';
import { stageReportSchema, type StageReport } from './manifest.ts';
import { readTensorFile, type NamedTensor } from './tensorFile.ts';

/** The files of an adapter as PEFT names them, and ours beside them. */
export const adapterFiles = {
  weights: 'adapter_model.safetensors',
  config: 'adapter_config.json',
  /** Which weights it belongs to; PEFT leaves it alone. */
  base: 'attune_base.json',
  /** What the stages of its training told, where it comes from a cluster. */
  stages: 'attune_stages.json',
  /** The folder of the reward model that it was trained with, an adapter of its own. */
  reward: 'reward_model',
} as const;

/** What decides what a foreign PEFT adapter computes; other fields are left alone. */
const foreignConfigSchema = z.object({
  peft_type: z.string(),
  task_type: z.string().nullish(),
  base_model_name_or_path: z.string().nullish(),
  r: z.number().int().positive(),
  lora_alpha: z.number(),
  use_rslora: z.boolean().nullish(),
  use_dora: z.boolean().nullish(),
  bias: z.string().nullish(),
  lora_bias: z.boolean().nullish(),
  alpha_pattern: z.record(z.string(), z.number()).nullish(),
  modules_to_save: z.array(z.string()).nullish(),
  init_lora_weights: z.unknown().optional(),
  trainable_token_indices: z.unknown().optional(),
  /** Methods that share LoRA's files and compute something else. */
  use_qalora: z.unknown().optional(),
  use_bdlora: z.unknown().optional(),
  alora_invocation_tokens: z.unknown().optional(),
  layer_replication: z.unknown().optional(),
  target_parameters: z.unknown().optional(),
});

type ForeignConfig = z.infer<typeof foreignConfigSchema>;

/** The file beside an adapter that names its base by hash. */
const baseFileSchema = z.object({ name: z.string(), sha256: z.string().length(64) });

/**
 * A PEFT folder of whoever trained it, on whichever projections, with any rank, alpha, or scaling by
 * sqrt(rank). Throws TrainerError 'adapterForeign' for what LoRA on linear layers alone cannot say: other
 * methods, biases, modules saved whole, changed tokens.
 */
export async function readPeftFolder(folder: string): Promise<ForeignAdapter> {
  const config = parsed(folder, foreignConfigSchema, await readText(folder, adapterFiles.config));
  refuseOtherThanLora(folder, config);
  const tensors = await readTensors(folder);
  const base = await readBase(folder, config);
  const stages = await readStages(folder);
  const reward = await readReward(join(folder, adapterFiles.reward));
  const factors = factorsOf(folder, tensors, config);
  return { path: folder, format: 'peft', base, stages, factors, ...(reward === undefined ? {} : { reward }) };
}

/** The reward model in an adapter's folder; undefined where there is none. Throws TrainerError 'adapterForeign'. */
async function readReward(folder: string): Promise<ForeignReward | undefined> {
  if (!(await isFolder(folder))) return undefined;
  const config = parsed(folder, foreignConfigSchema, await readText(folder, adapterFiles.config));
  // The head is a module that is saved whole, and PEFT lists all names that it may have.
  refuseOtherThanLora(folder, { ...config, task_type: undefined, modules_to_save: [] });
  const tensors = await readTensors(folder);
  const head = tensors.find(({ name }) => headName.test(name));
  if (head === undefined) throw adapterForeign(folder, sentence`it has no score head`);
  if (head.shape.length !== 2 || head.shape[0] !== 1)
    throw adapterForeign(
      folder,
      sentence`its score head is [${head.shape.join(', ')}] and gives more than one number`,
    );
  const others = tensors.filter((tensor) => tensor !== head);
  const base = await readBase(folder, config);
  return { path: folder, base, head, factors: factorsOf(folder, others, config) };
}

/** A classifier's head as transformers calls it, whatever PEFT puts before it, or in it for modules that are saved whole. */
const headName = /(?:^|\.)score(?:\.modules_to_save(?:\.\w+)?)?\.weight$/;

const otherMethods = [
  'use_qalora',
  'use_bdlora',
  'alora_invocation_tokens',
  'layer_replication',
  'target_parameters',
] as const;

/**
 * How an adapter may begin that takes from the base model what it begins with, by PEFT's names. Saved as it is, it belongs
 * to that other base, which PEFT makes anew when it loads it; PEFT can save it as plain LoRA as well, and then says `true`.
 */
const changesBase = /^(?:pissa|olora|corda|loftq|lora_ga)/i;

/** PEFT writes `null` or `false` for what is not used. */
function isUsed(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false;
}

function refuseOtherThanLora(folder: string, config: ForeignConfig): void {
  const { modules_to_save, init_lora_weights: begun } = config;
  const saved = modules_to_save ?? [];
  const reasons = [
    { isSo: config.peft_type !== 'LORA', what: sentence`its method is ${config.peft_type}, not LORA` },
    { isSo: config.task_type === 'SEQ_CLS', what: sentence`it is a reward model, which writes nothing` },
    { isSo: config.use_dora === true, what: sentence`it uses DoRA, which needs the norms of merged weights` },
    { isSo: (config.bias ?? 'none') !== 'none', what: sentence`it trains biases ('${config.bias ?? ''}')` },
    { isSo: config.lora_bias === true, what: sentence`its factors have biases` },
    { isSo: saved.length > 0, what: sentence`it replaces whole modules (${saved.join(', ')})` },
    { isSo: isUsed(config.trainable_token_indices), what: sentence`it changes tokens of the vocabulary` },
    {
      isSo: typeof begun === 'string' && changesBase.test(begun),
      what: sentence`it was begun with ${String(begun)}, which changes the base model (save it with path_initial_model_for_weight_conversion)`,
    },
    ...otherMethods.map((name) => ({
      isSo: isUsed(config[name]),
      what: sentence`it uses ${name}, which is not plain LoRA`,
    })),
  ];
  const reason = reasons.find(({ isSo }) => isSo);
  if (reason !== undefined) throw adapterForeign(folder, reason.what);
}

/** The name ends behind A or B, or with the adapter's own name between it and `weight`. */
const factorName = /^(.+)\.lora_([AB])(?:\.[\w-]+)?\.weight$/;

function factorsOf(
  folder: string,
  tensors: readonly NamedTensor[],
  config: ForeignConfig,
): Map<string, LowRank> {
  const halves = new Map<string, { A?: NamedTensor; B?: NamedTensor }>();
  for (const tensor of tensors) {
    const [, module, factor] = factorName.exec(tensor.name) ?? [];
    if (module === undefined)
      throw adapterForeign(folder, sentence`it has a tensor ${tensor.name} that is no LoRA factor`);
    halves.set(module, { ...halves.get(module), [factor as 'A' | 'B']: tensor });
  }
  const alphaOf = alphasIn(folder, config);
  return new Map(
    [...halves].map(([module, { A: a, B: b }]) => {
      if (a === undefined || b === undefined) throw loneFactor(folder, module);
      if (a.shape.length !== 2 || b.shape.length !== 2)
        throw adapterForeign(folder, sentence`the factors of ${module} are no matrices`);
      return [
        `${modelModule(module)}.weight`,
        { a, b, scale: scaleOf(alphaOf(module), a.shape[0]!, config) },
      ];
    }),
  );
}

/** Whatever wrappers the trainer put around the model, its layers are in `model.`. */
function modelModule(module: string): string {
  return `model.${module.replace(/^(?:base_model\.)?(?:model\.)*/, '')}`;
}

/** alpha / rank, or alpha / sqrt(rank) where the config says so (arXiv:2312.03732, section 4). */
function scaleOf(alpha: number, rank: number, { use_rslora }: ForeignConfig): number {
  return alpha / (use_rslora === true ? Math.sqrt(rank) : rank);
}

/** What PEFT puts before the names that the modules have in their model. */
const peftPrefix = /^base_model\.model\./;

/**
 * The alpha of a module, by the first of PEFT's patterns that fits (`get_pattern_key`): a regular expression
 * for the whole name that the module has in its model, or for its end behind a dot.
 */
function alphasIn(folder: string, { lora_alpha, alpha_pattern }: ForeignConfig): (module: string) => number {
  const patterns = Object.entries(alpha_pattern ?? {}).map(([pattern, alpha]) => ({
    expression: nameExpression(folder, pattern),
    alpha,
  }));
  return (module) => {
    const name = module.replace(peftPrefix, '');
    return patterns.find(({ expression }) => expression.test(name))?.alpha ?? lora_alpha;
  };
}

/** With the flag `u` what Python reads otherwise is an error, and no other expression. */
function nameExpression(folder: string, pattern: string): RegExp {
  try {
    return new RegExp(`^(?:.*\\.)?(?:${pattern})$`, 'u');
  } catch (error) {
    throw adapterForeign(
      folder,
      sentence`its alpha_pattern ${pattern} is no regular expression that can be read here`,
      error,
    );
  }
}

async function readTensors(folder: string): Promise<NamedTensor[]> {
  try {
    return await readTensorFile(join(folder, adapterFiles.weights));
  } catch (error) {
    throw adapterForeign(folder, sentence`${adapterFiles.weights} cannot be read`, error);
  }
}

async function readBase(folder: string, config: ForeignConfig): Promise<NamedBase> {
  const name = config.base_model_name_or_path ?? undefined;
  const text = await readOwn(folder, adapterFiles.base);
  return text === undefined ? { name } : parsed(folder, baseFileSchema, text);
}

async function readStages(folder: string): Promise<StageReport[]> {
  const text = await readOwn(folder, adapterFiles.stages);
  return text === undefined ? [] : parsed(folder, z.array(stageReportSchema), text);
}

/** A file of ours beside PEFT's; undefined where another program wrote the folder. */
async function readOwn(folder: string, file: string): Promise<string | undefined> {
  return readFile(join(folder, file), 'utf8').catch((error: unknown) => {
    invariant(hasCode(error, 'ENOENT'), `${file} in ${folder} cannot be read`);
    return undefined;
  });
}

async function readText(folder: string, file: string): Promise<string> {
  try {
    return await readFile(join(folder, file), 'utf8');
  } catch (error) {
    throw adapterForeign(folder, sentence`${file} cannot be read`, error);
  }
}

function parsed<T>(folder: string, schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error).replaceAll(/\s+/g, ' ') : String(error);
    throw adapterForeign(folder, sentence`its JSON cannot be read (${why})`, error);
  }
}
