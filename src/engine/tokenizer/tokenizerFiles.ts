import * as z from 'zod';
import { quoted, sentence } from '../../sentences/sentence.ts';
import { isPlainObject } from '../isPlainObject.ts';
import { modelDamaged, modelUnsupported } from '../weights/modelErrors.ts';
import { isMark } from './marks.ts';
import { preTokenizerJsonSchema, preTokenizerStepsSchema, type PreTokenizerSteps } from './preTokenizers.ts';
import { tokenTables, tokenTablesSchema } from './tokenTables.ts';

/** Two tokens that become one: with a blank between in older files, as a pair in newer ones. */
export type Merge = string | readonly [string, string];

function isMergeList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isMerge);
}

function isMerge(value: unknown): boolean {
  if (!Array.isArray(value)) return typeof value === 'string';
  return value.length === 2 && value.every((token) => typeof token === 'string');
}

const addedTokensSchema = z.array(
  z.looseObject({ id: z.number().int().nonnegative(), content: z.string(), special: z.boolean() }),
);

/** `tokenizer.json`, as far as this engine looks into it. */
const tokenizerJsonSchema = z.object({
  added_tokens: addedTokensSchema.default([]),
  normalizer: z.looseObject({ type: z.string() }).nullish(),
  pre_tokenizer: z.unknown(),
  model: z.looseObject({
    type: z.literal('BPE'),
    // Its ids are checked where they are used.
    vocab: z.custom<Readonly<Record<string, number>>>(isPlainObject, 'expected token ids by spelling'),
    merges: z.custom<readonly Merge[]>(isMergeList, 'expected merges'),
    unk_token: z.string().nullish(),
    ignore_merges: z.boolean().nullish(),
    // Merging would have to know of them; no model of bytes has any.
    end_of_word_suffix: z.literal('').nullish(),
    continuing_subword_suffix: z.literal('').nullish(),
  }),
});

/** A `tokenizer.json`, checked: byte-level BPE in any case. */
export type TokenizerJson = z.infer<typeof tokenizerJsonSchema> & {
  readonly pre_tokenizer: PreTokenizerSteps;
};

/** `tokenizer_config.json`; a token is named by its text, or by an object around it. */
const tokenizerConfigSchema = z.object({
  eos_token: z
    .union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)])
    .nullish(),
});

/** The parsed JSON of a model folder's tokenizer files. */
export interface TokenizerFiles {
  readonly tokenizerJson: unknown;
  readonly tokenizerConfigJson: unknown;
  /** Of `tokenizer.json`, for messages. */
  readonly path: string;
}

/** What a tokenizer is made from. */
export const tokenizerPartsSchema = z.object({
  addedTokens: addedTokensSchema,
  preTokenizer: preTokenizerStepsSchema,
  /** Spelling of the model's own end token; absent when its files name none. */
  endToken: z.string().optional(),
  /** The token for what the vocabulary has none for; absent: that is left out. */
  unknown: z.number().optional(),
  tables: tokenTablesSchema,
});

export type TokenizerParts = Readonly<z.infer<typeof tokenizerPartsSchema>>;

/** What these files say of a tokenizer, for a model with that many embedding rows. */
export function parseTokenizerParts(files: TokenizerFiles, vocabularySize: number): TokenizerParts {
  const { path } = files;
  const config = tokenizerConfigSchema.safeParse(files.tokenizerConfigJson);
  if (!config.success) throw modelDamaged(path, quoted(`${z.prettifyError(config.error)}.`), config.error);
  const json = parseTokenizerJson(files.tokenizerJson, path);
  const { unk_token: unknown, vocab } = json.model;
  return {
    addedTokens: json.added_tokens,
    preTokenizer: json.pre_tokenizer,
    endToken: config.data.eos_token ?? undefined,
    unknown: unknown == null ? undefined : vocab[unknown],
    tables: tokenTables(json, { vocabularySize, path }),
  };
}

function parseTokenizerJson(json: unknown, path: string): TokenizerJson {
  const kind = z.object({ model: z.object({ type: z.string() }) }).safeParse(json);
  if (kind.success && kind.data.model.type !== 'BPE') {
    throw modelUnsupported(path, sentence`its tokenizer is '${kind.data.model.type}', not byte-level BPE.`);
  }
  const parsed = tokenizerJsonSchema.safeParse(json);
  if (!parsed.success) throw modelDamaged(path, quoted(`${z.prettifyError(parsed.error)}.`), parsed.error);
  const normalizer = parsed.data.normalizer?.type ?? 'NFC';
  if (normalizer !== 'NFC')
    throw modelUnsupported(path, sentence`its tokenizer rewrites the text by '${normalizer}'.`);
  const preTokenizer = preTokenizerJsonSchema.safeParse(parsed.data.pre_tokenizer);
  if (!preTokenizer.success)
    throw modelUnsupported(path, sentence`its pre-tokenizer is not a byte-level one.`);
  const added_tokens = parsed.data.added_tokens.map((token) => ({
    ...token,
    special: token.special || isMark(token.content),
  }));
  return { ...parsed.data, added_tokens, pre_tokenizer: preTokenizer.data };
}
