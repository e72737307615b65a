import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it, vi } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

interface StubUri {
  readonly fsPath: string;
  toString(): string;
}
interface StubDocument {
  readonly uri: StubUri;
}

const fileUri = (fsPath: string): StubUri => ({ fsPath, toString: () => pathToFileURL(fsPath).href });

/** As much of VS Code as checkouts know; a test tells the watcher of a file that it changed. */
const api = vi.hoisted(() => ({
  /** By the file that is watched. */
  changed: new Map<string, () => void>(),
  open: undefined as ((document: StubDocument) => void) | undefined,
  Uri: {
    file: (path: string) => fileUri(path),
    parse: (text: string) => ({ fsPath: fileURLToPath(text) }),
  },
  RelativePattern: class {
    readonly path: string;
    constructor(base: StubUri, pattern: string) {
      this.path = join(base.fsPath, pattern);
    }
  },
  workspace: {
    textDocuments: [] as StubDocument[],
    onDidOpenTextDocument(listener: (document: StubDocument) => void) {
      api.open = listener;
      return { dispose: () => undefined };
    },
    createFileSystemWatcher: ({ path }: { readonly path: string }) => ({
      onDidChange: (listener: () => void) => void api.changed.set(path, listener),
      onDidCreate: () => undefined,
      dispose: () => api.changed.delete(path),
    }),
  },
}));
vi.mock('vscode', () => api);
const { Checkouts } = await import('../../../src/editor/stored/checkouts.ts');

it.each([
  ['in a folder of the workspace', '.git/HEAD', 'a.ts', ''],
  ['in a repository within a folder', 'clone/.git/HEAD', 'clone/src/a.ts', 'clone'],
  ['in a submodule', '.git/modules/part/HEAD', 'part/a.ts', 'part'],
])('hears of a checkout %s', async (_, head, path, root) => {
  const folder = temporaryFolder();
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  write('part/.git', 'gitdir: ../.git/modules/part\n');
  write(head, 'ref: refs/heads/main\n');
  const heard: unknown[] = [];
  const checkouts = new Checkouts((event) => heard.push(event), new VirtualClock());
  api.open?.({ uri: { fsPath: '', toString: () => 'output:Attune' } });
  api.open?.({ uri: fileUri(join(folder, path)) });
  await vi.waitFor(() => expect([...api.changed.keys()]).toEqual([join(folder, head)]));
  write(head, 'ref: refs/heads/other\n');
  api.changed.get(join(folder, head))?.();
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  expect(heard).toEqual([
    { kind: 'checkedOut', atMs: 0, documentUri: fileUri(join(folder, root)).toString() },
  ]);
  checkouts.dispose();
  await vi.waitFor(() => expect(api.changed.size).toBe(0));
});
