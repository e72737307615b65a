import * as z from 'zod';

/**
 * How a text is cut into pieces before merging, by the name GGUF gives it. The patterns are those the
 * models were trained with, written for `tokenizer.json`.
 */

/** GPT-2's: contractions, words, numbers and symbols, each with the blank before it, then white space. */
const gpt2Pattern = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

/** GPT-4's, with numbers of at most `digits` digits: any sign can lead a word, line ends stay with the signs before. */
function gpt4Pattern(digits: string): string {
  return String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
}

const digitPattern = String.raw`\p{N}`;

/** One way of cutting a text into pieces. */
export interface PreTokenizer {
  /** Applied one after the other, each to the pieces of the one before. */
  readonly patterns: readonly string[];
  /** A piece that is a token is taken as it is, even where merging would arrive at another split. */
  readonly ignoresMerges: boolean;
}

/** The pre-tokenizers this engine knows, by the name in `tokenizer.ggml.pre`. */
export const preTokenizers: ReadonlyMap<string, PreTokenizer> = new Map([
  ['qwen2', { patterns: [gpt4Pattern('')], ignoresMerges: false }],
  ['llama-bpe', { patterns: [gpt4Pattern('{1,3}')], ignoresMerges: true }],
  ['smollm', { patterns: [digitPattern, gpt2Pattern], ignoresMerges: false }],
  ['gpt-2', { patterns: [gpt2Pattern], ignoresMerges: false }],
  // What a converter wrote that did not look; transformers reads it as GPT-2's.
  ['default', { patterns: [gpt2Pattern], ignoresMerges: false }],
]);

/** The pre-tokenizers of `tokenizer.json` that this engine takes; the last step must be `ByteLevel`. */
const stepSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('Split') }),
  z.looseObject({ type: z.literal('Digits'), individual_digits: z.boolean().default(false) }),
  z.looseObject({ type: z.literal('ByteLevel'), use_regex: z.boolean().default(true) }),
]);

type Step = z.infer<typeof stepSchema>;

/** Steps that were found to be right before. */
export const preTokenizerStepsSchema = z.array(stepSchema);

/** The `pre_tokenizer` of a `tokenizer.json`, as its steps. */
export const preTokenizerJsonSchema = z
  .union([
    stepSchema.transform((step) => [step]),
    z.object({ pretokenizers: preTokenizerStepsSchema }).transform(({ pretokenizers }) => pretokenizers),
  ])
  .refine((steps) => steps.at(-1)?.type === 'ByteLevel', 'the last pre-tokenizer must be ByteLevel');

/** The steps of a `pre_tokenizer`, checked. */
export type PreTokenizerSteps = z.infer<typeof preTokenizerJsonSchema>;

/** A step that cuts at a pattern and keeps all pieces. */
export function splitBy(pattern: string): Record<string, unknown> {
  return { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
}

/** Writes each byte as one printable character and cuts nothing. */
export const byteLevel = {
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: false,
  use_regex: false,
};

/**
 * The same steps with each pattern written out. What the JavaScript library has built in for
 * `Digits` and `ByteLevel` takes a byte order mark for white space and knows ASCII digits only,
 * unlike the library the models were trained with.
 */
export function withExplicitPatterns(steps: PreTokenizerSteps): Record<string, unknown> {
  return { type: 'Sequence', pretokenizers: steps.flatMap(explicitSteps) };
}

function explicitSteps(step: Step): Record<string, unknown>[] {
  switch (step.type) {
    case 'Split':
      return [step];
    case 'Digits':
      return [splitBy(step.individual_digits ? digitPattern : `${digitPattern}+`)];
    case 'ByteLevel':
      return step.use_regex ? [splitBy(gpt2Pattern), byteLevel] : [byteLevel];
  }
}
