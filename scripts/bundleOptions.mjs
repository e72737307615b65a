import { transform } from 'esbuild';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** VS Code 1.104, the oldest one Attune runs in, brings Node 22; `node:sqlite` needs no switch from this one on. */
export const oldestNode = '22.13.0';

const shared = {
  bundle: true,
  sourcemap: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
};

const forNode = {
  ...shared,
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

/**
 * esbuild splits a bundle into files only where they are ES modules. VS Code loads an extension soonest with
 * `require`: what is an ES module goes through hooks in a thread of its own. So each file is written as CommonJS.
 */
const asCommonJs = {
  name: 'asCommonJs',
  setup({ initialOptions, onEnd }) {
    initialOptions.write = false;
    onEnd(async ({ outputFiles = [] }) => {
      await Promise.all(outputFiles.map(({ path, text }) => writeAsCommonJs(path, text)));
    });
  },
};

async function writeAsCommonJs(path, text) {
  const { code, map } = await transform(text, {
    ...{
      format: 'cjs',
      platform: 'node',
      target: forNode.target,
      minifySyntax: true,
      minifyWhitespace: true,
    },
    // `require`, also for what is loaded later: VS Code gives its API to nothing else.
    supported: { 'dynamic-import': false },
    ...{ sourcemap: 'external', sourcefile: basename(path) },
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${code}//# sourceMappingURL=${basename(path)}.map\n`);
  await writeFile(`${path}.map`, map);
}

/**
 * How the extension itself is bundled: VS Code reads all of its first file before it activates it, so what
 * is `import()`ed lies in files of its own, with what they share.
 */
export const extensionOptions = {
  ...forNode,
  plugins: [asCommonJs],
  ...{ format: 'esm', splitting: true, sourcemap: 'inline' },
  outExtension: { '.js': '.cjs' },
  chunkNames: 'extension/[name]-[hash]',
};

/** How the plugin in TypeScript's server is bundled: the server loads it with `require`, and wants to be given the plugin itself. */
export const pluginOptions = {
  ...forNode,
  ...{ format: 'cjs', minifySyntax: true, minifyWhitespace: true, sourcemap: false },
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
