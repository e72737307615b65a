/** The files of a model folder, as Hugging Face names them. */
export const modelFiles = {
  config: 'config.json',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
  weights: 'model.safetensors',
  /** Only beside weights in several files: which tensor lies in which. */
  weightIndex: 'model.safetensors.index.json',
} as const;
