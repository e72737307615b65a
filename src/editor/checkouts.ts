import { dirname, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import type { Clock } from '../completion/clock.ts';
import type { EditorEvent } from '../feedback/editorEvent.ts';

/** A repository of the window: its folder, and the file that says what is checked out there. */
interface Repository {
  readonly root: vscode.Uri;
  readonly head: vscode.Uri;
}

/**
 * Tells when another branch or commit is checked out in a repository of the workspace: then files change
 * that nobody edits. `HEAD` names the branch, so that a commit leaves it as it is.
 */
export class Checkouts implements vscode.Disposable {
  readonly #hear: (event: EditorEvent) => void;
  readonly #clock: Clock;
  readonly #folders: vscode.Disposable;
  #watchers: readonly vscode.Disposable[] = [];

  constructor(hear: (event: EditorEvent) => void, clock: Clock) {
    this.#hear = hear;
    this.#clock = clock;
    this.#folders = vscode.workspace.onDidChangeWorkspaceFolders(() => void this.#watchAll());
    void this.#watchAll();
  }

  /** Watches the repositories of the folders that are open now. */
  async #watchAll(): Promise<void> {
    this.#stopWatching();
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const found = await Promise.all(folders.map(({ uri }) => repositoryOf(uri)));
    const repositories = found.filter((repository) => repository !== undefined);
    const byHead = new Map(repositories.map((repository) => [repository.head.toString(), repository]));
    this.#watchers = await Promise.all(Array.from(byHead.values(), (repository) => this.#watch(repository)));
  }

  dispose(): void {
    this.#folders.dispose();
    this.#stopWatching();
  }

  async #watch({ root, head }: Repository): Promise<vscode.Disposable> {
    let known = await readText(head);
    const pattern = new vscode.RelativePattern(vscode.Uri.file(dirname(head.fsPath)), 'HEAD');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const look = async (): Promise<void> => {
      const now = await readText(head);
      if (now === undefined || now === known) return;
      known = now;
      this.#hear({ kind: 'checkedOut', atMs: this.#clock.nowMs(), documentUri: root.toString() });
    };
    watcher.onDidChange(() => void look());
    // Git writes a file of another name and renames it.
    watcher.onDidCreate(() => void look());
    return watcher;
  }

  #stopWatching(): void {
    for (const watcher of this.#watchers) watcher.dispose();
    this.#watchers = [];
  }
}

/** The repository that a folder lies in; undefined when there is none. */
async function repositoryOf(folder: vscode.Uri): Promise<Repository | undefined> {
  const git = vscode.Uri.joinPath(folder, '.git');
  const kind = await vscode.workspace.fs.stat(git).then(
    ({ type }) => type,
    () => undefined,
  );
  if (kind === undefined) {
    const parent = vscode.Uri.file(dirname(folder.fsPath));
    return parent.fsPath === folder.fsPath ? undefined : repositoryOf(parent);
  }
  const directory = kind === vscode.FileType.Directory ? git : await linkedDirectory(git, folder);
  return directory && { root: folder, head: vscode.Uri.joinPath(directory, 'HEAD') };
}

/** Of a worktree or a submodule, `.git` is a file that names the directory. */
async function linkedDirectory(git: vscode.Uri, folder: vscode.Uri): Promise<vscode.Uri | undefined> {
  const path = /^gitdir: (.+)/.exec((await readText(git)) ?? '')?.[1];
  if (path === undefined) return undefined;
  return vscode.Uri.file(isAbsolute(path) ? path : join(folder.fsPath, path));
}

function readText(uri: vscode.Uri): Thenable<string | undefined> {
  return vscode.workspace.fs.readFile(uri).then(
    (bytes) => Buffer.from(bytes).toString(),
    () => undefined,
  );
}
