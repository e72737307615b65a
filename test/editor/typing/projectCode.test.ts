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
  const [closed, activated, written, created, gone] = Array.from({ length: 5 }, () => new EventEmitter());
  return {
    ...{ EventEmitter, Uri: { parse: uriOf }, saved: saved!, trusted: trusted! },
    ...{ closed: closed!, activated: activated!, written: written!, gone: gone! },
    window: {
      activeTextEditor: undefined as { readonly document: unknown } | undefined,
      onDidChangeActiveTextEditor: activated!.event,
    },
    Disposable: {
      from: (...parts: readonly { dispose(): void }[]) => ({
        dispose: () => {
          for (const part of parts) part.dispose();
        },
      }),
    },
    workspace: {
      onDidSaveTextDocument: saved!.event,
      onDidCloseTextDocument: closed!.event,
      createFileSystemWatcher: () => ({
        ...{ onDidChange: written!.event, onDidCreate: created!.event, onDidDelete: gone!.event },
        dispose: () => undefined,
      }),
      onDidDeleteFiles: deleted!.event,
      onDidRenameFiles: renamed!.event,
      onDidChangeWorkspaceFolders: folders!.event,
      onDidChangeConfiguration: configuration!.event,
      onDidGrantWorkspaceTrust: trusted!.event,
      isTrusted: true,
      textDocuments: [] as unknown[],
      workspaceFolders: [] as unknown[],
      getWorkspaceFolder: () => api.workspace.workspaceFolders[0],
      asRelativePath: ({ path }: { path: string }) => path.split('/').at(-1),
    },
  };
});
vi.mock('vscode', () => api);
const { ProjectCode } = await import('../../../src/editor/typing/projectCode.ts');

const settings = settingsAt(parseSettings(() => undefined).settings, undefined);

class Project {
  readonly folder = temporaryFolder();
  /** Beside the one that is written in. */
  openDocuments: readonly unknown[] = [];
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
    api.saved.fire(this.document(name, text));
  }

  /** A document with that text in the editor. */
  document(name: string, text: string, isDirty = false) {
    return { uri: api.Uri.parse(this.uriOf(name)), getText: () => text, isDirty };
  }

  /** Resolves when the paths of what is related are those. */
  async hasShown(paths: readonly string[]): Promise<void> {
    await vi.waitFor(async () => expect(await this.shown()).toEqual(paths), { timeout: 15_000 });
  }

  /** The paths of what is related to a use of `taxRate`, once the files are read. */
  async shown(lineEnd = '\n', above = ''): Promise<readonly string[]> {
    const text = `${above}pay(taxRate`.replaceAll('\n', lineEnd);
    const uri = this.uriOf('own.ts');
    api.workspace.textDocuments = [{ uri: api.Uri.parse(uri), getText: () => text }, ...this.openDocuments];
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

  it('shows files as another program leaves them', async () => {
    const project = new Project(files);
    await project.hasShown(['tax.ts']);
    for (const [name, text] of [
      ['tax.ts', 'export const dutyRate = 0.2;'],
      ['x.ts', 'const x123 = taxRate;'],
    ] as const) {
      writeFileSync(join(project.folder, name), text);
      api.written.fire(api.Uri.parse(project.uriOf(name)));
    }
    await project.hasShown(['x.ts']);
    api.gone.fire(api.Uri.parse(project.uriOf('x.ts')));
    expect(await project.shown()).toEqual([]);
  });

  it('shows what one left unsaved, and what is on the disk again once that is given up', async () => {
    const project = new Project(files);
    await project.hasShown(['tax.ts']);
    const left = project.document('x.ts', 'const x123 = taxRate;', true);
    project.openDocuments = [left];
    api.activated.fire({ document: left });
    expect(await project.shown()).toEqual(['tax.ts']);
    api.activated.fire({ document: project.document('y.ts', '') });
    await project.hasShown(['tax.ts', 'x.ts']);
    project.openDocuments = [];
    api.closed.fire(left);
    await project.hasShown(['tax.ts']);
  });

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
