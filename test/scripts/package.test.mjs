import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { programOptions } from '../../scripts/bundleOptions.mjs';
import { groupLines, missingFrom } from '../../scripts/package/archive.mjs';
import { noticesFile, noticesText } from '../../scripts/package/notices.mjs';
import { besideBundles, stageDocuments, withoutPictures } from '../../scripts/package/stage.mjs';
import { nativeFilesOf, servedTargets } from '../../scripts/package/targets.mjs';
import { projectFolder } from '../../scripts/setup/folders.mjs';
import { pluginName } from '../../scripts/typescriptPlugin.mjs';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const runtime = join(projectFolder, 'node_modules', 'onnxruntime-node');
const targets = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

afterEach(() => void vi.unstubAllEnvs());

describe('a package', () => {
  it('is made for every system that ONNX Runtime serves', () => {
    expect(servedTargets(runtime).sort()).toEqual([...targets].sort());
  });

  it.each(targets)('for %s has the native files of that system alone, each once', (target) => {
    const files = nativeFilesOf(target, runtime);
    expect(files).toContain(join('bin', 'napi-v6', ...target.split('-'), 'onnxruntime_binding.node'));
    for (const file of files) expect(file.split(/[/\\]/).slice(2, 4).join('-')).toBe(target);
    expect(files.filter((file) => file.endsWith('.dylib')).length).toBe(target === 'darwin-arm64' ? 1 : 0);
  });

  it.each(['darwin-x64', 'linux', ''])(
    'is refused for %j, which has no native files, with those that have',
    (target) => {
      expect(() => nativeFilesOf(target, runtime)).toThrow(
        new RegExp(`^There is no package for ${target}: .*\nIt serves .*linux-x64`),
      );
    },
  );

  it('says how large each group of its files is', () => {
    const entry = (name, bytes) => ({ name: `extension/${name}`, bytes, packedBytes: bytes / 2 });
    const lines = groupLines([
      entry('dist/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1', 40e6),
      entry('dist/engine.mjs', 2e6),
      entry('dist/trainer.mjs', 1e6),
      entry('README.md', 0),
    ]);
    expect(lines[0]).toBe('  ONNX Runtime, native      40.0 MB, packed   20.0 MB');
    expect(lines[4]).toBe('  programs                   3.0 MB, packed    1.5 MB');
  });
});

it('a package is refused that lacks a file, or has a part of one, of those that it looks for when it starts', () => {
  const listed = ['engine.mjs', 'webview/page.js', 'node_modules/a/b.node'].map((path) => ({
    path,
    bytes: 9,
  }));
  const entries = listed.map(({ path, bytes }) => ({ name: `extension/dist/${path}`, bytes }));
  expect(missingFrom(entries, listed)).toEqual([]);
  expect(missingFrom(entries.slice(1), listed)).toEqual(['engine.mjs']);
  expect(missingFrom([...entries.slice(0, 2), { ...entries[2], bytes: 8 }], listed)).toEqual([
    'node_modules/a/b.node',
  ]);
});

it('a package holds beside its bundles what is not in them', () => {
  const external = programOptions.external.filter((name) => name !== 'vscode');
  expect(Object.keys(besideBundles)).toEqual(expect.arrayContaining(external));
});

it('a package has the plugin in TypeScript’s server that package.json names', () => {
  const { contributes } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  expect(contributes.typescriptServerPlugins.map(({ name }) => name)).toEqual([pluginName]);
});

it('a package shows no picture that is not in it', () => {
  const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8');
  const packed = withoutPictures(readme);
  expect(readme).toContain('](docs/pictures/attune.gif)');
  expect(packed).not.toMatch(/!\[[^\]]*\]\((?!media\/)|<img/);
  expect(packed, 'what is said of it').not.toContain('Recorded by');
  const text = 'One.\n\n![a](docs/a.png)\nOf it.\n\n![b](docs/b.svg)\n\nTwo.\n';
  expect(withoutPictures(text)).toBe('One.\n\nTwo.\n');
  expect(withoutPictures(text, '.svg')).toBe('One.\n\n![a](docs/a.png)\nOf it.\n\nTwo.\n');
});

it('a package holds every file that its README and the texts beside it link to', () => {
  // Where it is known where the code is at home, pictures are shown from there.
  vi.stubEnv('GITHUB_REPOSITORY', '');
  const folder = temporaryFolder();
  stageDocuments(folder);
  const texts = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.md'));
  const links = texts.flatMap((name) => {
    const found = readFileSync(join(folder, name), 'utf8').matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g);
    return [...found].map(([, path]) => ({ name, path: join(dirname(name), path) }));
  });
  expect(texts).toContain(join('docs', 'cluster.md'));
  expect(links.map(({ path }) => path)).toContain(join('docs', 'cluster.md'));
  expect(links.filter(({ path }) => !existsSync(join(folder, path)))).toEqual([]);
});

describe('what a stranger reads', () => {
  it('lists the libraries of the lock file with their licences (npm run notices writes it)', () => {
    expect(readFileSync(noticesFile, 'utf8')).toBe(noticesText());
  });

  it('has the text of every library’s licence, and names what lies inside others', () => {
    const [, ...sections] = readFileSync(noticesFile, 'utf8').split(/^## /m);
    const isInside = (section) => /^(?:Native files of|Inside) /.test(section);
    const lacking = sections.filter(
      (section) => !isInside(section) && !/```text\n\S[\s\S]{200,}```/.test(section),
    );
    expect(lacking).toEqual([]);
    expect(sections.filter(isInside)).toHaveLength(2);
    const grammars = readdirSync(join(projectFolder, 'node_modules', '@vscode', 'tree-sitter-wasm', 'wasm'));
    const inside = sections.find((section) => section.startsWith('Inside @vscode/tree-sitter-wasm'));
    expect(inside).toContain('- tree-sitter 0.25.1, MIT, https://github.com/tree-sitter/tree-sitter\n');
    for (const name of grammars.filter((file) => /-.*\.wasm$/.test(file)))
      expect(inside).toContain(name.replace('.wasm', ''));
  });

  it('tells in the changelog of the version in package.json', () => {
    const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
    expect(readFileSync(join(projectFolder, 'CHANGELOG.md'), 'utf8')).toContain(`## [${version}]`);
  });
});
