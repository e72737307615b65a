import * as z from 'zod';
import { quoted, sentence } from '../../sentences/sentence.ts';
import { modelDamaged, modelUnsupported } from '../weights/modelErrors.ts';
import { byteLevel, preTokenizers, splitBy, type PreTokenizer } from './preTokenizers.ts';

/** What the header of a GGUF file says about its tokenizer. */
const tokenizerSchema = z.object({
  'tokenizer.ggml.model': z.string(),
  'tokenizer.ggml.pre': z.string().default('default'),
  'tokenizer.ggml.tokens': z.array(z.string()).min(1),
  /** One per token, see `tokenKinds`. */
  'tokenizer.ggml.token_type': z.array(z.number()),
  /** Two tokens each, with a blank between. */
  'tokenizer.ggml.merges': z.array(z.string()),
  'tokenizer.ggml.bos_token_id': z.number().optional(),
  'tokenizer.ggml.eos_token_id': z.number().optional(),
  'tokenizer.ggml.padding_token_id': z.number().optional(),
  'tokenizer.chat_template': z.string().optional(),
});

type GgufTokenizer = z.infer<typeof tokenizerSchema>;

/** GGUF's numbers for what a token is. Control tokens are special; an unused one only fills the embedding. */
const tokenKinds = { control: 3, userDefined: 4, unused: 5 } as const;

/** The texts of `tokenizer.json` and `tokenizer_config.json` that say what a GGUF header says. */
export function ggufTokenizer(
  metadata: Readonly<Record<string, unknown>>,
  path: string,
): { tokenizerJson: string; tokenizerConfigJson: string } {
  const parsed = tokenizerSchema.safeParse(metadata);
  if (!parsed.success) throw modelDamaged(path, quoted(`${z.prettifyError(parsed.error)}.`), parsed.error);
  const tokenizer = parsed.data;
  requireKinds(tokenizer, path);
  const model = tokenizer['tokenizer.ggml.model'];
  if (model !== 'gpt2')
    throw modelUnsupported(path, sentence`its tokenizer is '${model}', not byte-level BPE.`);
  const name = tokenizer['tokenizer.ggml.pre'];
  const preTokenizer = preTokenizers.get(name);
  if (preTokenizer === undefined)
    throw modelUnsupported(path, sentence`its pre-tokenizer '${name}' is unknown.`);
  return {
    tokenizerJson: JSON.stringify(toTokenizerJson(tokenizer, preTokenizer)),
    tokenizerConfigJson: JSON.stringify(toTokenizerConfigJson(tokenizer), undefined, 2),
  };
}

function requireKinds(tokenizer: GgufTokenizer, path: string): void {
  const kinds = tokenizer['tokenizer.ggml.token_type'].length;
  const tokens = tokenizer['tokenizer.ggml.tokens'].length;
  if (kinds !== tokens) throw modelDamaged(path, sentence`it has ${kinds} kinds for ${tokens} tokens.`);
}

function toTokenizerJson(tokenizer: GgufTokenizer, preTokenizer: PreTokenizer): Record<string, unknown> {
  const tokens = tokenizer['tokenizer.ggml.tokens'].map((content, id) => ({
    id,
    content,
    kind: tokenizer['tokenizer.ggml.token_type'][id],
  }));
  const isAdded = (kind: number | undefined) =>
    kind === tokenKinds.control || kind === tokenKinds.userDefined;
  const used = tokens.filter(({ kind }) => kind !== tokenKinds.unused);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: tokens
      .filter(({ kind }) => isAdded(kind))
      .map(({ id, content, kind }) => addedToken(id, content, kind === tokenKinds.control)),
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [...preTokenizer.patterns.map(splitBy), byteLevel] },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: preTokenizer.ignoresMerges,
      // Added tokens too: the tokenizers library numbers those anew that it does not find here.
      vocab: Object.fromEntries(used.map(({ content, id }) => [content, id])),
      merges: tokenizer['tokenizer.ggml.merges'],
    },
  };
}

function addedToken(id: number, content: string, special: boolean): Record<string, unknown> {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special };
}

function toTokenizerConfigJson(tokenizer: GgufTokenizer): Record<string, unknown> {
  const tokenOf = (id: number | undefined) =>
    id === undefined ? undefined : tokenizer['tokenizer.ggml.tokens'][id];
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    clean_up_tokenization_spaces: false,
    bos_token: tokenOf(tokenizer['tokenizer.ggml.bos_token_id']),
    eos_token: tokenOf(tokenizer['tokenizer.ggml.eos_token_id']),
    pad_token: tokenOf(tokenizer['tokenizer.ggml.padding_token_id']),
    chat_template: tokenizer['tokenizer.chat_template'],
  };
}
