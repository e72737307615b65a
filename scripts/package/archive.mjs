import { mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import yauzl from 'yauzl';
import { npm, outputOf } from '../setup/command.mjs';
import { projectFolder } from '../setup/folders.mjs';
import { SetupError } from '../setup/setupError.mjs';
import { filesList } from './stage.mjs';

/** What people download in under a minute at 10 Mbit/s, in bytes. */
const largestVsix = 60e6;

/**
 * Makes a VSIX from a staged extension.
 *
 * @returns {Promise<string[]>} lines that say how large each group of its files is
 */
export async function makeVsix(folder, target, file) {
  const vsce = join(projectFolder, 'node_modules', '@vscode', 'vsce', 'vsce');
  // Without a repository there is nothing that a relative link of the README could be made to point to.
  const isHomeless = manifestOf(folder).repository === undefined;
  const links = isHomeless ? ['--allow-missing-repository', '--no-rewrite-relative-links'] : [];
  const args = ['package', '--target', target, '--out', file, ...links];
  mkdirSync(dirname(file), { recursive: true });
  await outputOf(`Packing ${basename(file)}`, process.execPath, [vsce, ...args], { cwd: folder });
  const entries = await entriesOf(file);
  const lines = groupLines(entries);
  refuseTooLarge(file, lines);
  refuseIncomplete(file, missingFrom(entries, JSON.parse(readFileSync(join(folder, filesList), 'utf8'))));
  return lines;
}

/**
 * What an archive lacks of the files that the installed package looks for before its engine starts
 * (src/process/installation.ts): those that are not there, or with another size.
 */
export function missingFrom(entries, listed) {
  const sizes = new Map(entries.map(({ name, bytes }) => [name, bytes]));
  return listed
    .filter(({ path, bytes }) => sizes.get(`extension/dist/${path}`) !== bytes)
    .map(({ path }) => path);
}

function refuseIncomplete(file, missing) {
  if (missing.length === 0) return;
  rmSync(file);
  throw new SetupError(`${basename(file)} would lack files that it needs: ${missing.join(', ')}.`);
}

/** Packs a staged command line for npm. */
export async function makeTarball(folder, file) {
  mkdirSync(dirname(file), { recursive: true });
  await npm(`Packing ${basename(file)}`, ['pack', '--pack-destination', dirname(file)], { cwd: folder });
  const { name, version } = manifestOf(folder);
  renameSync(join(dirname(file), `${name}-${version}.tgz`), file);
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function refuseTooLarge(file, lines) {
  const { size } = statSync(file);
  if (size <= largestVsix) return;
  rmSync(file);
  throw new SetupError(
    `${basename(file)} would be ${megabytes(size)}, and at most ${megabytes(largestVsix)} are allowed.`,
    'What it is made of:',
    lines.join('\n'),
  );
}

/** The files in a zip: names, and sizes in bytes before and after packing. */
export async function entriesOf(file) {
  const zip = await yauzl.openPromise(file);
  const entries = [];
  for await (const { fileName, uncompressedSize, compressedSize } of zip.eachEntry())
    entries.push({ name: fileName, bytes: uncompressedSize, packedBytes: compressedSize });
  return entries;
}

/** Groups of files, the first that fits counts. */
const groups = [
  ['ONNX Runtime, native', /\/onnxruntime-node\/bin\//],
  ['grammars', /\/tree-sitter-wasm\//],
  ['ONNX Runtime, scripts', /\/dist\/node_modules\//],
  ['side panels', /\/dist\/webview\//],
  ['programs', /\/dist\//],
  ['documents and pictures', /./],
];

/** How large each group of files is, as text. */
export function groupLines(entries) {
  const groupOf = ({ name }) => groups.find(([, pattern]) => pattern.test(name))[0];
  return groups.map(([title]) => {
    const members = entries.filter((entry) => groupOf(entry) === title);
    const size = (key) => megabytes(members.reduce((sum, entry) => sum + entry[key], 0)).padStart(9);
    return `  ${title.padEnd(24)}${size('bytes')}, packed ${size('packedBytes')}`;
  });
}

/** A number of bytes as text. */
export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
