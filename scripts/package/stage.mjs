import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { oldestNode, programOptions } from '../bundleOptions.mjs';
import { projectFolder } from '../setup/folders.mjs';
import { pluginBundle, pluginDependency, writePluginPackage } from '../typescriptPlugin.mjs';
import { nativeFilesOf } from './targets.mjs';

/*
 * What goes into a package, gathered in a folder that looks like the installed package will look.
 */

const documents = ['ARCHITECTURE.md', 'CHANGELOG.md', 'PRIVACY.md', 'LICENSE', 'THIRD-PARTY-NOTICES.md'];

/** What only the other package runs. */
const onlyExtension = ['extension.cjs', 'extension', 'engine.mjs', 'trainer.mjs', pluginBundle];
const onlyCommandLine = ['attune.mjs', 'cli.mjs'];

/** What package.json tells npm, and an installed extension has no use for. */
const onlyDevelopment = ['private', 'scripts', 'dependencies', 'devDependencies', 'bin'];

/** Where a package lists what lies in its `dist`, read before its engine starts: see src/process/installation.ts. */
export const filesList = join('dist', 'files.json');

const modules = join(projectFolder, 'node_modules');

/** What is not bundled but lies beside the bundles: files of each package, below its folder, beside its manifest. */
export const besideBundles = {
  'onnxruntime-node': (target) => {
    const folder = join(modules, 'onnxruntime-node');
    return [...runFiles(folder, 'dist'), ...nativeFilesOf(target, folder)];
  },
  'onnxruntime-common': () => runFiles(join(modules, 'onnxruntime-common'), join('dist', 'cjs')),
  '@vscode/tree-sitter-wasm': () => runFiles(join(modules, '@vscode', 'tree-sitter-wasm'), 'wasm'),
};

/** The extension for one system: bundles, ONNX Runtime with that system's native files, and the list of all of them. */
export function stageExtension(folder, target) {
  stageDocuments(folder);
  copyBundles(folder, onlyCommandLine);
  for (const [name, filesOf] of Object.entries(besideBundles)) copyPackage(folder, name, filesOf(target));
  for (const name of [...textFiles(), ...clusterFiles()]) copy(projectFolder, folder, name);
  const manifest = Object.fromEntries(
    Object.entries(readManifest()).filter(([key]) => !onlyDevelopment.includes(key)),
  );
  // vsce packs of node_modules what package.json depends on.
  writePluginPackage(folder);
  write(join(folder, 'package.json'), {
    ...manifest,
    ...repository(manifest),
    dependencies: pluginDependency,
  });
  write(join(folder, filesList), listOf(join(folder, 'dist')));
}

/** What is sent to a cluster to run there. */
function clusterFiles() {
  const names = filesBelow(join(projectFolder, 'cluster')).filter((name) => /\.(?:py|txt)$/.test(name));
  return names.map((name) => join('cluster', name));
}

/** The texts that VS Code loads for its language: of package.json, and of the code. */
function textFiles() {
  const manifests = readdirSync(projectFolder).filter((name) =>
    /^package\.nls(?:\.[\w-]+)?\.json$/.test(name),
  );
  return [...manifests, ...filesBelow(join(projectFolder, 'l10n')).map((name) => join('l10n', name))];
}

/** The command line for npm: its bundles, and what is not bundled as its dependencies. */
export function stageCommandLine(folder) {
  stageDocuments(folder);
  copyBundles(folder, onlyExtension);
  for (const name of clusterFiles()) copy(projectFolder, folder, name);
  const { name, version, description, license, type, keywords, bin, dependencies, ...rest } = readManifest();
  write(join(folder, 'package.json'), {
    ...{ name, version, description, license, type, keywords, bin, ...repository(rest) },
    engines: { node: `>=${oldestNode}` },
    dependencies: Object.fromEntries(
      Object.entries(dependencies).filter(([name]) => programOptions.external.includes(name)),
    ),
  });
}

/** The list of a package's files: paths relative to the folder with `/` between, and sizes in bytes. */
function listOf(folder) {
  return filesBelow(folder).map((path) => ({
    path: path.split(sep).join('/'),
    bytes: statSync(join(folder, path)).size,
  }));
}

/** An empty folder but for what people read, with all that the README links to. */
export function stageDocuments(folder) {
  rmSync(folder, { recursive: true, force: true });
  for (const name of [...documents, ...docsFiles()]) copy(projectFolder, folder, name);
  writeFileSync(join(folder, 'README.md'), readme());
  for (const name of filesBelow(join(projectFolder, 'media')))
    copy(projectFolder, folder, join('media', name));
}

/** The texts of docs/ with their curves: small, and the README links to them. Its pictures are large and stay out. */
function docsFiles() {
  const names = readdirSync(join(projectFolder, 'docs')).filter((name) => /\.(?:md|svg)$/.test(name));
  return names.sort().map((name) => join('docs', name));
}

/**
 * The README, whose pictures lie in the repository alone: without them where nobody knows where that is. The
 * marketplaces show no SVG, and vsce makes no package whose README has one.
 */
function readme() {
  const text = readFileSync(join(projectFolder, 'README.md'), 'utf8');
  const isHomeless = repository(readManifest()).repository === undefined;
  return isHomeless ? withoutPictures(text) : withoutPictures(text, '.svg');
}

/** A text in Markdown without the paragraphs that begin with a picture of docs/, or with one whose name ends so: it, and what is said of it. */
export function withoutPictures(markdown, ending = '') {
  const first = new RegExp(`^!\\[[^\\]]*\\]\\(docs/[^)]*${RegExp.escape(ending)}\\)`);
  return markdown
    .split('\n\n')
    .filter((paragraph) => !first.test(paragraph))
    .join('\n\n');
}

function copyBundles(folder, leftOut) {
  const dist = join(projectFolder, 'dist');
  const isShipped = (name) => /\.(?:cjs|mjs|js|css)$/.test(name) && !leftOut.includes(name.split(sep)[0]);
  for (const name of filesBelow(dist).filter(isShipped)) copy(dist, join(folder, 'dist'), name);
}

/** Beside the bundles, where `import` from a bundle looks first, and where vsce leaves it alone. */
function copyPackage(folder, name, files) {
  const to = join(folder, 'dist', 'node_modules', name);
  for (const file of ['package.json', ...files]) copy(join(modules, name), to, file);
}

/** Scripts, grammars, and the manifests among them that say how Node is to read scripts. */
function runFiles(packageFolder, folder) {
  const names = filesBelow(join(packageFolder, folder));
  return names
    .filter((name) => /\.(?:js|wasm)$|^package\.json$/.test(name))
    .map((name) => join(folder, name));
}

/** Files below a folder, as paths relative to it, in the same order everywhere. */
function filesBelow(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => relative(folder, join(parentPath, name))).sort();
}

function copy(from, to, name) {
  mkdirSync(dirname(join(to, name)), { recursive: true });
  copyFileSync(join(from, name), join(to, name));
}

function readManifest() {
  return JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
}

/** Where the code is at home, which the marketplaces link to: package.json says it, or the workflow that runs. */
function repository({ repository: written }) {
  const { GITHUB_REPOSITORY, GITHUB_SERVER_URL } = process.env;
  if (written !== undefined) return { repository: written };
  if (!GITHUB_REPOSITORY) return {};
  return { repository: { type: 'git', url: `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` } };
}

function write(file, value) {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
