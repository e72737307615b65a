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
async function runBundled(options, name, source) {
  const outfile = join(root, name);
  const stdin = { contents: source, resolveDir: projectFolder, loader: 'ts' };
  await build({ ...options, stdin, outfile });
  const { output } = await capture(process.execPath, [outfile], { cwd: root });
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
  ['a program', programOptions, 'program.mjs'],
  ['the extension', extensionOptions, 'extension.cjs'],
])('%s finds secrets with secretlint inside the bundle', async (_, options, name) => {
  expect(await runBundled(options, name, findsSecrets)).toBe('1');
});

it('a program may bundle CommonJS packages that need modules of Node', async () => {
  const source = `import yauzl from 'yauzl'; import protobuf from 'protobufjs'; process.stdout.write(typeof yauzl.open + typeof protobuf.Reader);`;
  expect(await runBundled(programOptions, 'program.mjs', source)).toBe('functionfunction');
});
