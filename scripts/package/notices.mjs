import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../setup/folders.mjs';
import { readLock } from '../setup/npmPackages.mjs';
import { SetupError } from '../setup/setupError.mjs';
import { spdxTexts } from './spdxTexts.mjs';

export const noticesFile = join(projectFolder, 'THIRD-PARTY-NOTICES.md');

/** What onnxruntime-node has besides its own code, and does not say in its package. */
const nativeNotice = `## Native files of onnxruntime-node

ONNX Runtime is MIT, Copyright (c) Microsoft Corporation; what its libraries contain in turn is listed in
\`ThirdPartyNotices.txt\` of its repository, github.com/microsoft/onnxruntime. Packages for Windows also hold
\`DirectML.dll\` (Microsoft Software License Terms, redistributable), \`dxcompiler.dll\` and \`dxil.dll\` (DirectX
Shader Compiler, University of Illinois/NCSA Open Source License and Microsoft Software License Terms).`;

/**
 * The libraries that the packages hold, bundled or beside the bundles, with their licences: those that
 * package-lock.json marks as needed at run time. Libraries with the same text share one copy of it.
 */
export function noticesText() {
  const packages = Object.entries(readLock(join(projectFolder, 'package-lock.json')));
  const shipped = packages.filter(
    ([path, { dev, optional }]) => path !== '' && dev !== true && optional !== true,
  );
  const sections = Map.groupBy(shipped, ([path, { license }]) =>
    licenseText(join(projectFolder, path), license),
  );
  const introduction =
    'Attune contains these libraries. `npm run notices` writes this file from package-lock.json.';
  return (
    ['# Third-party notices', introduction, nativeNotice, grammarsNotice(), ...[...sections].map(section), '']
      .join('\n\n')
      .trimEnd() + '\n'
  );
}

function section([text, packages]) {
  const titles = packages.map(([path, { version, license }]) => `- ${nameOf(path)} ${version}, ${license}`);
  const quoted = `\`\`\`text\n${text}\n\`\`\``;
  const why = isFallback(text)
    ? ['They come without a text; this is the one of SPDX for the licence that they name.']
    : [];
  const names = packages.map(([path]) => nameOf(path)).join(', ');
  return [`## ${names}`, titles.join('\n'), ...why, quoted].join('\n\n');
}

function nameOf(path) {
  return path.split('node_modules/').at(-1);
}

/** The parser inside @vscode/tree-sitter-wasm, as its manifest of components names it, and its grammars, which that leaves out. */
function grammarsNotice() {
  const folder = join(projectFolder, 'node_modules', '@vscode', 'tree-sitter-wasm');
  const { registrations } = JSON.parse(readFileSync(join(folder, 'cgmanifest.json'), 'utf8'));
  const components = registrations.map(
    ({ component: { git }, license, version }) =>
      `- ${git.name} ${version}, ${license}, ${git.repositoryUrl}`,
  );
  const names = readdirSync(join(folder, 'wasm')).flatMap(
    (file) => /^(tree-sitter-.+)\.wasm$/.exec(file)?.[1] ?? [],
  );
  const grammars = `and the grammars ${names.sort().join(', ')}, whose versions and licences it does not name.`;
  return ['## Inside @vscode/tree-sitter-wasm', components.join('\n'), grammars].join('\n\n');
}

function isFallback(text) {
  return Object.values(spdxTexts).includes(text);
}

/** Licence and notice of an installed package as they lie there; where it has none, SPDX's text of the licence that it names. */
function licenseText(folder, license) {
  const names = readdirSync(folder).filter((name) => /^(?:licen[cs]e|copying|notice)/i.test(name));
  const texts = names.sort().map((name) => readFileSync(join(folder, name), 'utf8'));
  if (texts.length === 0) return spdxText(folder, license);
  return texts.map((text) => text.replaceAll('\r\n', '\n').replaceAll('```', "'''").trim()).join('\n\n');
}

function spdxText(folder, license) {
  const text = spdxTexts[license];
  if (text === undefined)
    throw new SetupError(
      `${folder} comes without the text of its licence (${license}). Add SPDX’s to spdxTexts.mjs.`,
    );
  return text;
}
