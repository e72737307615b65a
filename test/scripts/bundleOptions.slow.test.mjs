import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { extensionOptions, programOptions } from '../../scripts/bundleOptions.mjs';
import { capture } from '../../scripts/setup/command.mjs';
import { projectFolder } from '../../scripts/setup/folders.mjs';

let root;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'attune-bundle-'))));
afterEach(() => rmSync(root, { recursive: true }));

/** What the source prints once it is bundled and moved away from every node_modules. */
async function runBundled(options, end, source) {
  const stdin = { contents: source, resolveDir: projectFolder, loader: 'ts', sourcefile: 'program' };
  await build({ outExtension: { '.js': end }, ...options, stdin, outdir: root });
  const { output } = await capture(process.execPath, [join(root, `stdin${end}`)], { cwd: root });
  return output;
}

const findsSecrets = `
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

const found = (content: string) =>
  lintSource({
    source: { content, filePath: 'a.ts', ext: '.ts', contentType: 'text' },
    options: { config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {} }] } },
  });

const key = ['ghp', '_', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('');
found('const token = "' + key + '";').then(({ messages }) => process.stdout.write(String(messages.length)));
`;

it.each([
  ['a program', programOptions, '.mjs'],
  ['the extension', extensionOptions, '.cjs'],
])('%s finds secrets with secretlint inside the bundle', async (_, options, end) => {
  expect(await runBundled(options, end, findsSecrets)).toBe('1');
});

/** The sources in an output and in all that is loaded with it. */
function sourcesAtStart({ outputs }, name) {
  const atStart = outputs[name].imports.filter(
    ({ kind, external }) => kind === 'import-statement' && external !== true,
  );
  return [
    ...Object.keys(outputs[name].inputs),
    ...atStart.flatMap(({ path }) => sourcesAtStart({ outputs }, path)),
  ];
}

it('the extension loads no schemas, no talk with processes and no scanner before it is activated', async () => {
  const { metafile } = await build({
    ...extensionOptions,
    entryPoints: [join(projectFolder, 'src', 'extension.ts')],
    outdir: root,
    metafile: true,
  });
  const entry = Object.keys(metafile.outputs).find((name) => name.endsWith('extension.cjs'));
  const sources = sourcesAtStart(metafile, entry);
  expect(sources.some((path) => path.endsWith('src/extension.ts'))).toBe(true);
  const libraries = sources.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  expect([...new Set(libraries)].sort()).toEqual(['@vscode/l10n', 'diff']);
});

it('a program may bundle CommonJS packages that need modules of Node', async () => {
  const source = `import yauzl from 'yauzl'; import protobuf from 'protobufjs'; process.stdout.write(typeof yauzl.open + typeof protobuf.Reader);`;
  expect(await runBundled(programOptions, '.mjs', source)).toBe('functionfunction');
});
