import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyDocumentNotStorable } from '../../../src/feedback/storing/storable.ts';
import { elsewhere } from '../../support/elsewhere.ts';

let root: string;

const files = {
  '.gitignore': '/dist\n*.log\n!keep.log\nprivate/\n',
  '.git/info/exclude': 'notes.md\n',
  'pkg/.gitignore': 'generated.ts\n!special.log\n',
  'private/.gitignore': '!*\n',
  '.attuneignore': 'drafts/\n*.sql\n!keep.log\n!a.log\n',
  'pkg/.attuneignore': '!open.sql\n/own.ts\n',
  'clone/.git/HEAD': '',
  'worktree/.git': 'gitdir: ROOT/.git/worktrees/worktree\n',
  '.git/worktrees/worktree/commondir': '../..\n',
  'module/.git': 'gitdir: ../.git/modules/module\n',
  '.git/modules/module/info/exclude': 'local.md\n',
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'attune-storable-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text.replace('ROOT', root));
  }
});

afterAll(() => rmSync(root, { recursive: true }));

const rulesFor = (excludedPatterns: string[] = []) => ({ excludedPatterns, workspaceFolders: [root] });
const uriOf = (path: string) => pathToFileURL(join(root, path)).href;

describe('a file', () => {
  it.each([
    ['src/a.ts', undefined],
    ['dist/a.js', 'gitIgnored'],
    ['src/dist/a.js', undefined],
    ['a.log', 'gitIgnored'],
    ['keep.log', undefined],
    ['notes.md', 'gitIgnored'],
    ['pkg/generated.ts', 'gitIgnored'],
    ['generated.ts', undefined],
    ['pkg/special.log', undefined],
    ['pkg/other.log', 'gitIgnored'],
    ['private/a.ts', 'gitIgnored'],
    ['.env', 'secretFile'],
    ['config/.env.production', 'secretFile'],
    ['tls/server.pem', 'secretFile'],
    ['id_ed25519', 'secretFile'],
    ['.aws/config', 'secretFile'],
    ['home/.docker/config.json', 'secretFile'],
    ['terraform.tfvars', 'secretFile'],
    ['credentials.json', 'secretFile'],
    ['drafts/a.ts', 'excludedByUser'],
    ['src/drafts/a.ts', 'excludedByUser'],
    ['a.sql', 'excludedByUser'],
    ['pkg/b.sql', 'excludedByUser'],
    ['pkg/open.sql', undefined],
    ['pkg/own.ts', 'excludedByUser'],
    ['own.ts', undefined],
    ['environment.ts', undefined],
    ['keys.ts', undefined],
  ])('%s: %s', async (path, expected) => {
    expect(await whyDocumentNotStorable(uriOf(path), rulesFor())).toBe(expected);
  });

  it.each([
    ['plans/a.ts', ['plans/'], 'excludedByUser'],
    ['src/plans/a.ts', ['/plans/'], undefined],
    ['a.csv', ['*.csv'], 'excludedByUser'],
    ['a.ts', ['*', '!*.ts'], undefined],
  ])('%s with the patterns %j: %s', async (path, patterns, expected) => {
    expect(await whyDocumentNotStorable(uriOf(path), rulesFor(patterns))).toBe(expected);
  });
});

it.each([
  ['src/plans/a.ts', ['/plans/'], 'excludedByUser'],
  ['plans/a.ts', ['/plans/'], undefined],
  ['src/a.ts', ['*'], 'excludedByUser'],
])('leaves out %s where the folder src has the patterns %j: %s', async (path, patterns, expected) => {
  const rules = { ...rulesFor(['!*.ts']), excludedIn: [{ folder: join(root, 'src'), patterns }] };
  expect(await whyDocumentNotStorable(uriOf(path), rules)).toBe(expected);
});

describe('a file in a repository of its own kind', () => {
  it.each([
    ['clone/drafts/a.ts', 'excludedByUser'],
    ['clone/q.sql', 'excludedByUser'],
    ['clone/a.ts', undefined],
    ['clone/a.log', undefined],
    ['worktree/notes.md', 'gitIgnored'],
    ['worktree/src/notes.md', 'gitIgnored'],
    ['worktree/a.ts', undefined],
    ['module/local.md', 'gitIgnored'],
    ['module/notes.md', undefined],
  ])('%s: %s', async (path, expected) => {
    expect(await whyDocumentNotStorable(uriOf(path), rulesFor())).toBe(expected);
  });
});

describe('a file by its place', () => {
  it.each([
    ['outside of the workspace', '/home/me/.aws/config', ['/work'], 'secretFile'],
    ['without a workspace', '/home/me/.ssh/config', [], 'secretFile'],
    ['in a workspace that is the folder of keys', '/home/me/.kube/config', ['/home/me/.kube'], 'secretFile'],
    ['in a workspace below it', '/home/me/.docker/config.json', ['/home/me/.docker'], 'secretFile'],
    ['outside of the workspace in a folder of secrets', '/run/secrets/db', ['/work'], 'secretFile'],
    ['in a workspace that is called so', '/home/me/secrets/src/a.ts', ['/home/me/secrets'], undefined],
    ['outside of the workspace', '/home/me/config', ['/work'], undefined],
  ])('%s: %s', async (_, path, workspaceFolders, expected) => {
    const rules = { excludedPatterns: [], workspaceFolders };
    expect(await whyDocumentNotStorable(pathToFileURL(path).href, rules)).toBe(expected);
  });
});

describe('a file of another system', () => {
  it.each([
    ['/proj/a.ts', undefined],
    ['/my%20proj/a.ts', undefined],
    ['/proj/.env', 'secretFile'],
    ['/.ssh/config', 'secretFile'],
    ['/plans/a.ts', 'excludedByUser'],
    ['/my%20plans/a.ts', 'excludedByUser'],
    ['/proj%2Fa.ts', 'foreignDocument'],
    ['/%zz', 'foreignDocument'],
  ])('%s: %s', async (path, expected) => {
    const rules = rulesFor(['plans/', 'my plans/']);
    expect(await whyDocumentNotStorable(elsewhere + path, rules)).toBe(expected);
  });

  it.each([
    ['file:///c:/me/.env', 'secretFile'],
    ['file:///c%3A/.aws/config', 'secretFile'],
    ['file://server/share/.env', 'secretFile'],
    ['file:///c:/', 'foreignDocument'],
  ])('that is Windows, %s: %s', async (uri, expected) => {
    expect(await whyDocumentNotStorable(uri, rulesFor())).toBe(expected);
  });
});

describe('a document', () => {
  it.each([
    ['without a name yet', 'untitled:Untitled-1', undefined],
    ['of settings', 'vscode-userdata:/user/settings.json', 'foreignDocument'],
    ['of another version', 'git:/a.ts?HEAD', 'foreignDocument'],
    ['of output', 'output:extension-output-1', 'foreignDocument'],
    ['that is the root of all files', pathToFileURL(parse(tmpdir()).root).href, 'foreignDocument'],
  ])('%s', async (_, uri, expected) => {
    expect(await whyDocumentNotStorable(uri, rulesFor())).toBe(expected);
  });

  it.each([
    ['.env', 'secretFile'],
    ['plans/a.ts', 'excludedByUser'],
    ['a.sql', 'excludedByUser'],
    ['dist/a.js', 'gitIgnored'],
    ['src/new.ts', undefined],
  ])('that is not yet the file %s is treated as it', async (path, expected) => {
    for (const authority of ['', '//wsl%2Bubuntu']) {
      const uri = uriOf(path).replace(/^file:(?:\/\/)?/, `untitled:${authority}`);
      expect(await whyDocumentNotStorable(uri, rulesFor(['plans/']))).toBe(expected);
    }
  });

  it.each([
    ['', ''],
    [' in a remote window', '//wsl%2Bubuntu'],
    [' in a window on a server', '//127.0.0.1%3A8000'],
  ])('that is a notebook cell%s is treated as its notebook', async (_, authority) => {
    const start = authority === '' ? 'vscode-notebook-cell:' : `vscode-notebook-cell:${authority}`;
    const cell = (path: string) => uriOf(path).replace(/^file:(?:\/\/)?/, start) + '#W0sZmlsZQ';
    expect(await whyDocumentNotStorable(cell('a.ipynb'), rulesFor())).toBeUndefined();
    expect(await whyDocumentNotStorable(cell('dist/a.ipynb'), rulesFor())).toBe('gitIgnored');
  });
});
