import * as z from 'zod';
import type { ParameterLayout } from '../../engine/model/parameterLayout.ts';

/** What we read from a PEFT `adapter_config.json`; other fields are left alone. */
export const peftConfigSchema = z.object({
  peft_type: z.literal('LORA'),
  base_model_name_or_path: z.string(),
  r: z.number().int().positive(),
  lora_alpha: z.number().positive(),
  target_modules: z.array(z.string()),
  use_rslora: z.literal(false).default(false),
});

export type PeftConfig = z.infer<typeof peftConfigSchema>;

/** What an adapter's names and shapes do not say. */
export interface PeftSettings {
  /** The catalogue's id of the base model, or its path. */
  readonly baseModelId: string;
  readonly alpha: number;
  /** 'CAUSAL_LM' writes text, 'SEQ_CLS' gives one number (a reward model). */
  readonly taskType: 'CAUSAL_LM' | 'SEQ_CLS';
}

/**
 * The `adapter_config.json` of an adapter, so that PEFT (0.10 and newer) loads the folder as its own:
 * scale alpha / r, no dropout, no biases, the score head, where there is one, stored whole.
 */
export function peftConfigOf(
  layout: ParameterLayout,
  { baseModelId, alpha, taskType }: PeftSettings,
): object {
  const names = layout.slots.map(({ name }) => name);
  return {
    peft_type: 'LORA',
    task_type: taskType,
    base_model_name_or_path: baseModelId,
    revision: null,
    r: layout.slots.find(({ name }) => name.endsWith(loraA))?.shape[0] ?? 0,
    lora_alpha: alpha,
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    use_rslora: false,
    target_modules: distinct(
      names.filter((name) => name.endsWith(loraA)).map((name) => lastPart(name, loraA)),
    ),
    modules_to_save: names.some((name) => name.endsWith(scoreHead)) ? ['score'] : null,
  };
}

const loraA = '.lora_A.weight';
const scoreHead = '.score.weight';

/** The module's own name: 'q_proj' of '...layers.0.self_attn.q_proj.lora_A.weight'. */
function lastPart(name: string, ending: string): string {
  return name.slice(0, -ending.length).split('.').at(-1) ?? name;
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
