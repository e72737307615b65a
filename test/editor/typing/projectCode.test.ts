import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WantedPlace } from '../../../src/completion/wantedPlace.ts';
import type { EngineClient } from '../../../src/process/clients.ts';
import { parseSettings, settingsAt } from '../../../src/editor/settings/settings.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { recordingLog } from '../recordingLog.ts';

/** As much of VS Code as the code of a project hears and asks of it. */
const api = vi.hoisted(() => {
  class EventEmitter {
    readonly #listeners = new Set<(event: unknown) => void>();
    readonly event = (listener: (event: unknown) => void) => {
      this.#listeners.add(listener);
      return { dispose: () => this.#listeners.delete(listener) };
    };
    fire(event?: unknown): void {
      for (const listener of this.#listeners) listener(event);
    }
    dispose(): void {
      this.#listeners.clear();
    }
  }
  const uriOf = (text: string) => ({
    scheme: 'file',
    path: text.replace('file://', ''),
    toString: () => text,
  });
  const [saved, deleted, renamed, folders, configuration, trusted] = Array.from(
    { length: 6 },
    () => new EventEmitter(),
  );
  return {
    ...{ EventEmitter, Uri: { parse: uriOf }, saved: saved!, trusted: trusted! },
    Disposable: {
      from: (...parts: readonly { dispose(): void }[]) => ({
        dispose: () => {
          for (const part of parts) part.dispose();
        },
      }),
    },
    workspace: {
      onDidSaveTextDocument: saved!.event,
      onDidDeleteFiles: deleted!.event,
      onDidRenameFiles: renamed!.event,
      onDidChangeWorkspaceFolders: folders!.event,
      onDidChangeConfiguration: configuration!.event,
      onDidGrantWorkspaceTrust: trusted!.event,
      isTrusted: true,
      textDocuments: [] as unknown[],
      workspaceFolders: [] as unknown[],
      getWorkspaceFolder: () => ({}),
      asRelativePath: ({ path }: { path: string }) => path.split('/').at(-1),
    },
  };
});
vi.mock('vscode', () => api);
const { ProjectCode } = await import('../../../src/editor/typing/projectCode.ts');

const settings = settingsAt(parseSettings(() => undefined).settings, undefined);

class Project {
  readonly folder = temporaryFolder();
  readonly code = new ProjectCode({
    engine: { state: { kind: 'ready', seesProject: true } as EngineClient['state'] },
    settings: { value: settings, at: () => settings },
    log: recordingLog().log,
  });

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
    onTestFinished(() => this.code.dispose());
    api.workspace.workspaceFolders = [{ uri: { ...api.Uri.parse(this.uriOf('')), fsPath: this.folder } }];
  }

  uriOf(name: string): string {
    return pathToFileURL(join(this.folder, name)).href;
  }

  save(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
    const document = { uri: api.Uri.parse(this.uriOf(name)), getText: () => text };
    api.saved.fire(document);
  }

  /** The paths of what is related to a use of `taxRate`, once the files are read. */
  async shown(lineEnd = '\n', above = ''): Promise<readonly string[]> {
    const text = `${above}pay(taxRate`.replaceAll('\n', lineEnd);
    const uri = this.uriOf('own.ts');
    api.workspace.textDocuments = [{ uri: api.Uri.parse(uri), getText: () => text }];
    const place = { documentUri: uri, languageId: 'typescript', prefix: text, suffix: '' } as WantedPlace;
    // The first reading loads what knows ignore files and secrets, which takes seconds beside other work.
    const related = await vi.waitFor(
      () => this.code.relatedAt(place) ?? Promise.reject(new Error('not read yet')),
      { timeout: 15_000 },
    );
    return related.pieces.map(({ path }) => path);
  }
}

const files = {
  'tax.ts': 'export const taxRate = 0.2;',
  ...Object.fromEntries(['x', 'y', 'z'].map((name) => [`${name}.ts`, `const ${name}123 = 1;`])),
};

describe('ProjectCode', { timeout: 30_000 }, () => {
  it('shows nothing that stands around the cursor, whatever line ends that has', async () => {
    const project = new Project(files);
    const above = 'function pay(amount) {\n  return amount * taxRate;\n}\n';
    for (const lineEnd of ['\n', '\r\n']) expect(await project.shown(lineEnd, above)).toEqual(['tax.ts']);
  });

  it.each(['.attuneignore', '.gitignore', '.git/info/exclude'])(
    'reads all files anew by the rules of a saved %s, and says so',
    async (name) => {
      const project = new Project(files);
      mkdirSync(join(project.folder, '.git', 'info'), { recursive: true });
      expect(await project.shown()).toEqual(['tax.ts']);
      let forgotten = 0;
      project.code.onForgotten(() => forgotten++);
      project.save('x.ts', 'const x123 = 2;');
      expect(await project.shown()).toEqual(['tax.ts']);
      expect(forgotten).toBe(0);
      project.save(name, 'tax.ts\n');
      expect(forgotten).toBe(1);
      expect(await project.shown()).toEqual([]);
    },
  );

  it('asks git what is of the project only once the user trusts the folder', async () => {
    api.workspace.isTrusted = false;
    const project = new Project(files);
    // In a hook, git's own variables name another repository.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
    const git = (...args: string[]) => execFileSync('git', ['-C', project.folder, ...args], { env });
    git('init', '--quiet');
    git('add', 'x.ts', 'y.ts', 'z.ts');
    git(
      ...['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgSign=false'],
      'commit',
      '-qm',
      '-',
    );
    expect(await project.shown()).toEqual(['tax.ts']);
    api.workspace.isTrusted = true;
    api.trusted.fire();
    expect(await project.shown()).toEqual([]);
  });
});
