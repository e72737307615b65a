/** The forms in which an adapter leaves: PEFT's folder, llama.cpp's file, or a whole model. */
export const exportFormats = ['peft', 'gguf', 'merged'] as const;

export type ExportFormat = (typeof exportFormats)[number];
