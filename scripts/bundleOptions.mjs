const shared = {
  bundle: true,
  sourcemap: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
};

const forNode = {
  ...shared,
  platform: 'node',
  /** VS Code 1.104, the oldest one Attune runs in, brings Node 22; desktop VS Code runs the children with it too. */
  target: 'node22',
  /** VS Code gives the first; the others load native libraries and grammars that lie beside them. */
  external: ['vscode', 'onnxruntime-node', '@vscode/tree-sitter-wasm'],
};

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
const requireForModules =
  "import { createRequire as createRequireForBundle } from 'node:module';" +
  ' const require = createRequireForBundle(import.meta.url);';

/** How the extension itself is bundled: VS Code loads it with `require`. */
export const extensionOptions = { ...forNode, format: 'cjs' };

/** How a program that Node runs is bundled: the command line, the engine, the trainer. */
export const programOptions = { ...forNode, format: 'esm', banner: { js: requireForModules } };

/** How the page of a side panel is bundled, for the Chromium of VS Code 1.104 (Electron 37). */
export const webviewOptions = {
  ...shared,
  platform: 'browser',
  format: 'iife',
  target: 'chrome138',
  minify: true,
};
