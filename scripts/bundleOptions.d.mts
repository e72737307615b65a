import type { BuildOptions } from 'esbuild';

export const extensionOptions: BuildOptions;
export const programOptions: BuildOptions;
export const webviewOptions: BuildOptions;
