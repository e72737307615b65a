import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Clock } from '../../completion/clock.ts';
import type { EditorEvent } from '../../feedback/following/editorEvent.ts';
import { fileOf } from '../../feedback/files/fileOf.ts';
import { readText, repositoryOf } from '../../feedback/files/gitRepository.ts';

/**
 * Tells when another branch or commit is checked out in a repository that a document lies in: then files change
 * that nobody edits. `HEAD` names the branch, so that a commit leaves it as it is.
 *
 * A repository is watched from the first document on that is open in it: it may lie anywhere in a workspace folder,
 * or around it.
 */
export class Checkouts implements vscode.Disposable {
  readonly #hear: (event: EditorEvent) => void;
  readonly #clock: Clock;
  readonly #opening: vscode.Disposable;
  /** By the folder whose `HEAD` is watched. */
  readonly #watchers = new Map<string, Promise<vscode.Disposable>>();

  constructor(hear: (event: EditorEvent) => void, clock: Clock) {
    this.#hear = hear;
    this.#clock = clock;
    this.#opening = vscode.workspace.onDidOpenTextDocument((document) => void this.#watchAround(document));
    for (const document of vscode.workspace.textDocuments) void this.#watchAround(document);
  }

  dispose(): void {
    this.#opening.dispose();
    for (const watcher of this.#watchers.values()) void watcher.then((watching) => void watching.dispose());
  }

  /** Watches the repository that a document lies in. */
  async #watchAround({ uri }: vscode.TextDocument): Promise<void> {
    const file = fileOf(uri.toString());
    if (!file.startsWith('file:')) return;
    const repository = await repositoryOf(dirname(vscode.Uri.parse(file).fsPath));
    if (repository === undefined) return;
    const { root, directory } = repository;
    if (!this.#watchers.has(directory)) this.#watchers.set(directory, this.#watch(root, directory));
  }

  async #watch(root: string, directory: string): Promise<vscode.Disposable> {
    const head = join(directory, 'HEAD');
    let known = await readText(head);
    const pattern = new vscode.RelativePattern(vscode.Uri.file(directory), 'HEAD');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const documentUri = vscode.Uri.file(root).toString();
    const look = async (): Promise<void> => {
      const now = await readText(head);
      if (now === undefined || now === known) return;
      known = now;
      this.#hear({ kind: 'checkedOut', atMs: this.#clock.nowMs(), documentUri });
    };
    watcher.onDidChange(() => void look());
    // Git writes a file of another name and renames it.
    watcher.onDidCreate(() => void look());
    return watcher;
  }
}
