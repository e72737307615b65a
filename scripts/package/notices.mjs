import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../setup/folders.mjs';
import { readLock } from '../setup/npmPackages.mjs';

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
  const sections = Map.groupBy(shipped, ([path]) => licenseText(join(projectFolder, path)));
  const introduction =
    'Attune contains these libraries. `npm run notices` writes this file from package-lock.json.';
  return (
    ['# Third-party notices', introduction, nativeNotice, ...[...sections].map(section), '']
      .join('\n\n')
      .trimEnd() + '\n'
  );
}

function section([text, packages]) {
  const titles = packages.map(([path, { version, license }]) => `- ${nameOf(path)} ${version}, ${license}`);
  const quoted = text === '' ? 'No text of the licence comes with them.' : `\`\`\`text\n${text}\n\`\`\``;
  return `## ${packages.map(([path]) => nameOf(path)).join(', ')}\n\n${titles.join('\n')}\n\n${quoted}`;
}

function nameOf(path) {
  return path.split('node_modules/').at(-1);
}

/** Licence and notice of an installed package as they lie there; empty when it has none. */
function licenseText(folder) {
  const names = readdirSync(folder).filter((name) => /^(?:licen[cs]e|copying|notice)/i.test(name));
  const texts = names.sort().map((name) => readFileSync(join(folder, name), 'utf8'));
  return texts.map((text) => text.replaceAll('\r\n', '\n').replaceAll('```', "'''").trim()).join('\n\n');
}
