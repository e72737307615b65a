import { GGMLQuantizationType, gguf, type GGUFParseOutput } from '@huggingface/gguf';
import * as z from 'zod';
import { quoted, sentence } from '../../sentences/sentence.ts';
import { tensorTypes } from './dequantise.ts';
import {
  attentionOf,
  checkedModelConfig,
  familyNamed,
  maxLayers,
  modelTensors,
  type ModelConfig,
} from './modelConfig.ts';
import { modelDamaged, modelUnsupported } from './modelErrors.ts';
import {
  bytesOfValues,
  checkedRange,
  readExactly,
  valueCount,
  withFile,
  type StoredTensor,
} from './storedTensor.ts';

/** A GGUF file, parsed: what the model is and where its tensors lie. */
export interface GgufFile {
  /** Every key of the header, values as the file types them. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly config: ModelConfig;
  /** By Hugging Face's names. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

type GgufHeader = GGUFParseOutput<{ strict: false }>;

/** The header of the GGUF file at `path`, with every tensor checked to lie inside the file. */
export async function readGguf(path: string): Promise<GgufFile> {
  const { metadata, tensors } = await readGgufTensors(path);
  refuseParts(metadata, path);
  const config = parseConfig(metadata, tensors, path);
  const computed = new Set(modelTensors(config).map(({ name }) => name));
  const named = tensors.map((tensor) => toHuggingFace(tensor, config, computed));
  return { metadata, config, tensors: new Map(named.map((tensor) => [tensor.name, tensor])) };
}

/** What lies in any GGUF file, under the names of the file itself. */
export async function readGgufTensors(
  path: string,
): Promise<Pick<GgufFile, 'metadata'> & { readonly tensors: readonly StoredTensor[] }> {
  const fileBytes = await checkMagic(path);
  const header = await parseHeader(path, fileBytes);
  const tensors = header.tensorInfos.map((info) => checkedRange(locate(info, header, path), fileBytes));
  return { metadata: header.metadata, tensors };
}

/** Size of the file, once it is known to start like GGUF. */
async function checkMagic(path: string): Promise<number> {
  return withFile(path, async (file) => {
    const magic = new Uint8Array(4);
    await readExactly(file, path, magic, 0);
    if (new TextDecoder().decode(magic) !== 'GGUF') {
      // Whatever it is, it is somebody's, and may be whole.
      const help = sentence`Choose a GGUF file, or a folder in Hugging Face's layout.`;
      throw modelUnsupported(
        path,
        sentence`it is not a GGUF file: it does not start with the letters GGUF.`,
        help,
      );
    }
    return (await file.stat()).size;
  });
}

async function parseHeader(path: string, fileBytes: number): Promise<GgufHeader> {
  const header = await gguf(path, { allowLocalFile: true }).catch((error: unknown) => {
    throw modelDamaged(path, sentence`its header cannot be read in a file of ${fileBytes} bytes.`, error);
  });
  // The parser sees zeros behind the end of the file, so a header that was cut off can look sound.
  const headerBytes = header.tensorInfoByteRange[1];
  if (headerBytes > fileBytes) {
    throw modelDamaged(
      path,
      sentence`its header needs ${headerBytes} bytes, but the file has only ${fileBytes}.`,
    );
  }
  if (!header.littleEndian) throw modelUnsupported(path, sentence`its numbers are big-endian.`);
  return header;
}

/** Of all types that there are, by number. */
const typeNames: Readonly<Record<number, string | undefined>> = GGMLQuantizationType;

function locate(info: GgufHeader['tensorInfos'][number], header: GgufHeader, path: string): StoredTensor {
  const type = tensorTypes.get(info.dtype);
  if (type === undefined) {
    const name = typeNames[info.dtype] ?? String(info.dtype);
    const names = Array.from(tensorTypes.values(), (known) => known.name).join(', ');
    throw modelUnsupported(
      path,
      sentence`tensor '${info.name}' has the type ${name}.`,
      sentence`Choose a file of it that has only these types: ${names}.`,
    );
  }
  const shape = info.shape.map(Number).reverse();
  const byteOffset = Number(header.tensorDataOffset + info.offset);
  return {
    name: info.name,
    shape,
    type,
    path,
    byteOffset,
    byteLength: bytesOfValues(type, valueCount(shape)),
  };
}

/** Large models come in several files, of which the first looks like a model without most of its tensors. */
function refuseParts(metadata: Readonly<Record<string, unknown>>, path: string): void {
  const { 'split.no': number, 'split.count': parts } = metadata;
  if (typeof parts !== 'number' || parts < 2) return;
  throw modelUnsupported(
    path,
    sentence`it is part ${Number(number) + 1} of ${parts}.`,
    sentence`Join the parts by llama-gguf-split --merge of llama.cpp, or choose a model in one file.`,
  );
}

const count = z.union([z.number(), z.bigint().transform(Number)]).pipe(z.number().int().positive());

/** Header keys that say how the model is built, without the architecture's name before them. */
const buildSchema = z.object({
  block_count: count.pipe(z.number().max(maxLayers)),
  context_length: count,
  embedding_length: count,
  feed_forward_length: count,
  'attention.head_count': count,
  'attention.head_count_kv': count.optional(),
  'attention.key_length': count.optional(),
  'attention.layer_norm_rms_epsilon': z.number().positive(),
  'rope.freq_base': z.number().positive().default(10_000),
  'rope.dimension_count': count.optional(),
  'rope.scaling.type': z.string().default('linear'),
  'rope.scaling.factor': z.number().optional(),
  // Its name in older files.
  'rope.scale_linear': z.number().optional(),
});

function parseConfig(
  metadata: Readonly<Record<string, unknown>>,
  tensors: readonly StoredTensor[],
  path: string,
) {
  const family = familyNamed(metadata['general.architecture']);
  if (family === undefined)
    throw modelUnsupported(
      path,
      sentence`its architecture is '${String(metadata['general.architecture'])}'.`,
    );
  const keys = Object.entries(metadata).map(
    ([key, value]) => [key.replace(`${family}.`, ''), value] as const,
  );
  const parsed = buildSchema.safeParse(Object.fromEntries(keys));
  if (!parsed.success) throw modelDamaged(path, quoted(`${z.prettifyError(parsed.error)}.`), parsed.error);
  const config = toModelConfig(family, parsed.data, tensors, path);
  const scaling = rotaryScaling(parsed.data);
  if (scaling !== undefined)
    throw modelUnsupported(path, sentence`it scales its rotary embedding by '${scaling}'.`);
  if ((parsed.data['rope.dimension_count'] ?? config.headSize) !== config.headSize) {
    throw modelUnsupported(
      path,
      sentence`it turns only ${parsed.data['rope.dimension_count']!} of ${config.headSize} values.`,
    );
  }
  return config;
}

/** How a model scales its positions; undefined where it does not. As llama.cpp reads it: by a factor alone where no type is named. */
function rotaryScaling(build: z.infer<typeof buildSchema>): string | undefined {
  const type = build['rope.scaling.type'];
  const factor = build['rope.scaling.factor'] ?? build['rope.scale_linear'] ?? 0;
  const isNone = type === 'none' || (type === 'linear' && (factor === 0 || factor === 1));
  return isNone ? undefined : type;
}

function toModelConfig(
  family: ModelConfig['family'],
  build: z.infer<typeof buildSchema>,
  tensors: readonly StoredTensor[],
  path: string,
): ModelConfig {
  const headCount = build['attention.head_count'];
  const embedding = tensors.find(({ name }) => name === 'token_embd.weight');
  if (embedding === undefined) throw modelDamaged(path, sentence`it has no tensor 'token_embd.weight'.`);
  return checkedModelConfig(
    {
      family,
      layerCount: build.block_count,
      embeddingSize: build.embedding_length,
      headCount,
      kvHeadCount: build['attention.head_count_kv'] ?? headCount,
      headSize: build['attention.key_length'] ?? build.embedding_length / headCount,
      feedForwardSize: build.feed_forward_length,
      vocabularySize: embedding.shape[0] ?? 0,
      ropeTheta: build['rope.freq_base'],
      rmsNormEpsilon: build['attention.layer_norm_rms_epsilon'],
      tiesEmbeddings: !tensors.some(({ name }) => name === 'output.weight'),
      ...attentionOf(family),
      maxPositions: build.context_length,
    },
    path,
  );
}

/** GGUF's name of a layer's weight, for example `blk.0.attn_q.weight`; undefined for what is no layer's. */
export function ggufNameOf(name: string): string | undefined {
  const [, layer, module] = /^model\.layers\.(\d+)\.(.+)\.weight$/.exec(name) ?? [];
  const part = Object.keys(layerNames).find((key) => layerNames[key] === module);
  return part === undefined ? undefined : `blk.${layer}.${part}.weight`;
}

/** Whether a family's files store the rotary pairs of that weight side by side, where ours are in halves. */
export function isPairedInGguf(family: ModelConfig['family'], name: string): boolean {
  return family === 'llama' && /\.(q|k)_proj\.weight$/.test(name);
}

const outerNames: Readonly<Record<string, string>> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
};

const layerNames: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

/**
 * The tensor under Hugging Face's name; one that is not computed is refused, for the model is another without it. GGUF stores the rotary pairs of llama's queries and keys
 * side by side, those of qwen2 in halves; ours are always in halves.
 */
function toHuggingFace(
  tensor: StoredTensor,
  config: ModelConfig,
  computed: ReadonlySet<string>,
): StoredTensor {
  const [, layer, part = '', kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(tensor.name) ?? [];
  const layerName = layerNames[part];
  const name =
    layerName === undefined ? outerNames[tensor.name] : `model.layers.${layer}.${layerName}.${kind}`;
  if (name === undefined || !computed.has(name)) {
    throw modelUnsupported(
      tensor.path,
      sentence`it has a tensor '${tensor.name}' that ${config.family} models do not have.`,
    );
  }
  return { ...tensor, name, ...(isPairedInGguf(config.family, name) ? { pairedRows: config.headSize } : {}) };
}
