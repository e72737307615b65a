/** VS Code 1.104, the oldest one Attune runs in, brings Node 22; `node:sqlite` needs no switch from this one on. */
export const oldestNode = '22.13.0';

const shared = {
  bundle: true,
  sourcemap: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
};

/** zod brings its messages in fifty languages, a third of the extension's bundle; nobody here asks for another than English. */
const zodInEnglish = {
  name: 'zodInEnglish',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ importer }) =>
      /[\\/]zod[\\/]/.test(importer) ? { path: 'locales', namespace: 'zodInEnglish' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'zodInEnglish' }, () => ({ contents: 'export {}' }));
  },
};

const forNode = {
  ...shared,
  plugins: [zodInEnglish],
  platform: 'node',
  /** Desktop VS Code runs the children with its own Node too. */
  target: `node${oldestNode}`,
  /** VS Code gives the first; the others load native libraries and grammars that lie beside them. */
  external: ['vscode', 'onnxruntime-node', '@vscode/tree-sitter-wasm'],
};

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
const requireForModules =
  "import { createRequire as createRequireForBundle } from 'node:module';" +
  ' const require = createRequireForBundle(import.meta.url);';

/** How the extension itself is bundled: VS Code loads it with `require`, and reads all of it before it activates it. */
export const extensionOptions = { ...forNode, format: 'cjs', minifySyntax: true, minifyWhitespace: true };

/** How the plugin in TypeScript's server is bundled: the server loads it with `require`, and wants to be given the plugin itself. */
export const pluginOptions = {
  ...extensionOptions,
  sourcemap: false,
  footer: { js: 'module.exports = module.exports.typeErrorsPlugin;' },
};

/** How a program that Node runs is bundled: the command line, the engine, the trainer. */
export const programOptions = { ...forNode, format: 'esm', banner: { js: requireForModules } };

/** How the first file of the command line is bundled: any Node that knows modules can read it, to say that it is too old. */
export const launcherOptions = {
  ...shared,
  platform: 'node',
  format: 'esm',
  target: 'node14',
  sourcemap: false,
  external: ['./cli.mjs'],
  define: { ...shared.define, oldestNode: JSON.stringify(oldestNode) },
};

/** How the page of a side panel is bundled, for the Chromium of VS Code 1.104 (Electron 37). */
export const webviewOptions = {
  ...shared,
  platform: 'browser',
  format: 'iife',
  target: 'chrome138',
  minify: true,
};
