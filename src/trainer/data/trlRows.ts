import * as z from 'zod';
import { groupedBy } from './groups.ts';
import {
  groupIdOf,
  pairShares,
  type Demonstration,
  type ExamplePrompt,
  type PreferenceGroup,
} from './examples.ts';
import type { ExampleSet } from './heldOut.ts';

/*
 * The row shapes of TRL 1.x (docs/source/dataset_formats.md, 'standard' ones) with columns of ours beside
 * theirs. TRL's trainers leave columns alone that they do not know. Files of others may lack ours, and
 * `datasets` writes null for a column that a row lacks.
 */

/** An absent column, or null. */
function optional<T>(schema: z.ZodType<T>) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const shared = {
  prompt: z.string(),
  /** What stands behind the cursor. */
  suffix: optional(z.string()),
  /** Equal for equal prompts. */
  group_id: optional(z.string()),
  /** VS Code's language identifier. */
  language: optional(z.string()),
  /** The document's URI. */
  document: optional(z.string()),
  /** Milliseconds since the epoch, whole. */
  at_ms: optional(z.number().nonnegative()),
  /** Above 0 to 1: how much the row counts where each prompt counts 1. */
  weight: optional(z.number().positive().max(1)),
};

/** For SFT. */
export const promptCompletionRowSchema = z.object({ ...shared, completion: z.string() });

/** For DPO and reward models. A group of more than two texts becomes its pairs. '' is silence. */
export const preferenceRowSchema = z.object({
  ...shared,
  chosen: z.string(),
  rejected: z.string(),
  /** A deliberate ranking, or read from what the user did. */
  evidence: optional(z.enum(['ranking', 'behaviour'])),
});

/** The same with the prompt left in both texts, as TRL allows it: what they begin with alike. */
export const implicitPreferenceRowSchema = preferenceRowSchema
  .extend({ prompt: z.null().optional() })
  .transform((row) => ({ ...row, ...promptTakenOut(row) }))
  .refine(({ prompt }) => prompt !== '');

/** What both texts begin with, taken out of them. */
export function promptTakenOut({ chosen, rejected }: { readonly chosen: string; readonly rejected: string }) {
  const shortest = Math.min(chosen.length, rejected.length);
  let end = 0;
  while (end < shortest && chosen[end] === rejected[end]) end += 1;
  // Half a letter is no text.
  if (/[\uD800-\uDBFF]$/.test(chosen.slice(0, end))) end -= 1;
  return { prompt: chosen.slice(0, end), chosen: chosen.slice(end), rejected: rejected.slice(end) };
}

/** For KTO: whether a text is worth more than silence. */
export const unpairedPreferenceRowSchema = z.object({
  ...shared,
  completion: z.string(),
  label: z.boolean(),
});

/** For PPO, GRPO, RLOO. */
export const promptOnlyRowSchema = z.object(shared);

/** TRL's names of the shapes. */
export const trlFormats = ['prompt-completion', 'preference', 'unpaired-preference', 'prompt-only'] as const;

export type TrlFormat = (typeof trlFormats)[number];

/** The row of each shape, as it is written. */
export interface TrlRows {
  readonly 'prompt-completion': z.input<typeof promptCompletionRowSchema>;
  readonly preference: z.input<typeof preferenceRowSchema>;
  readonly 'unpaired-preference': z.input<typeof unpairedPreferenceRowSchema>;
  readonly 'prompt-only': z.input<typeof promptOnlyRowSchema>;
}

/** The text that the policy is given for a prompt, special tokens spelled out. */
export type RenderPrompt = (prompt: Pick<ExamplePrompt, 'prefix' | 'suffix'>) => string;

/** The text before the cursor: what a model without fill-in-the-middle sees. */
export const plainPrompt: RenderPrompt = ({ prefix }) => prefix;

/**
 * With the marks of Qwen2.5-Coder, in the order in which completions are served (`buildPrompt`): suffix
 * first, prefix last. It is the whole prompt; how much of it is kept is for whoever tokenizes it.
 */
export const markedPrompt: RenderPrompt = ({ prefix, suffix }) => `${markedHead(suffix)}${prefix}`;

/** What stands before the prefix in a marked prompt. */
export function markedHead(suffix: string): string {
  return `<|fim_prefix|><|fim_suffix|>${suffix}<|fim_middle|>`;
}

/** The examples as rows of one shape, in the order of the examples. */
export function trlRows<Format extends TrlFormat>(
  format: Format,
  examples: ExampleSet,
  render: RenderPrompt,
): TrlRows[Format][] {
  return makers[format](examples, render);
}

const makers: {
  readonly [Format in TrlFormat]: (examples: ExampleSet, render: RenderPrompt) => TrlRows[Format][];
} = {
  'prompt-completion': ({ demonstrations }, render) =>
    demonstrations.map((demonstration) => demonstrationRow(demonstration, render)),
  preference: ({ preferenceGroups }, render) => preferenceGroups.flatMap((group) => pairRows(group, render)),
  'unpaired-preference': ({ preferenceGroups }, render) =>
    preferenceGroups.flatMap((group) => labelRows(group, render)),
  'prompt-only': ({ prompts }, render) =>
    groupedBy(prompts, ({ promptKey }) => promptKey).map(([prompt]) => sharedColumns(prompt!, render)),
};

function demonstrationRow(demonstration: Demonstration, render: RenderPrompt) {
  const { prompt, ...columns } = sharedColumns(demonstration, render);
  return { prompt, completion: demonstration.text, ...columns, weight: demonstration.weight };
}

/** Every prompt counts alike, however many pairs it has (arXiv:2203.02155, 3.5). */
function pairRows(group: PreferenceGroup, render: RenderPrompt) {
  const { prompt, ...columns } = sharedColumns(group, render);
  const shares = pairShares(group.pairs);
  return group.pairs.map(({ better, worse, evidence }, i) => {
    const [chosen, rejected] = [group.texts[better]!.text, group.texts[worse]!.text];
    return { prompt, chosen, rejected, ...columns, evidence, weight: shares[i]! };
  });
}

function labelRows(group: PreferenceGroup, render: RenderPrompt) {
  const { prompt, ...columns } = sharedColumns(group, render);
  const isSilence = (index: number) => group.texts[index]!.writer === 'silence';
  const compared = group.pairs.filter(({ better, worse }) => isSilence(better) || isSilence(worse));
  const shares = pairShares(compared);
  return compared.map(({ better, worse }, i) => {
    const completion = group.texts[isSilence(better) ? worse : better]!.text;
    return { prompt, completion, label: isSilence(worse), ...columns, weight: shares[i]! };
  });
}

function sharedColumns(example: ExamplePrompt, render: RenderPrompt) {
  const { suffix, languageId, documentUri, atMs } = example;
  const place = { document: documentUri, at_ms: Math.round(atMs) };
  return { prompt: render(example), suffix, group_id: groupIdOf(example), language: languageId, ...place };
}

/** Rows as JSON Lines. */
export function jsonLines(rows: readonly object[]): string {
  return rows.map(jsonLine).join('');
}

/**
 * A row as a line of JSON with its end. A weight always has a decimal point: `datasets` takes the type of a column from the
 * first ten megabytes, and fails on a fraction after whole numbers.
 */
export function jsonLine(row: object): string {
  return `${JSON.stringify(row).replace(/"weight":(\d+)(?=[,}])/, '"weight":$1.0')}\n`;
}
