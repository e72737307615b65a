import * as vscode from 'vscode';

/**
 * Other programs write many files at once, such as a checkout, or one again and again: they are told once they have rested so
 * long, and a file that never rests as often.
 */
const restMs = 500;

/**
 * Tells which files of the workspace perhaps hold another text by now, whoever wrote it: saved, left without saving, given up
 * unsaved, or written by another program.
 */
export class FileChanges implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #gone = new vscode.EventEmitter<vscode.Uri>();
  readonly #listening: vscode.Disposable;
  /** Written by other programs, by their URIs. */
  readonly #resting = new Map<string, vscode.Uri>();
  #rest: NodeJS.Timeout | undefined;
  /** Documents that were told of with a text that is on no disk. */
  readonly #unsaved = new Set<string>();
  #active = vscode.window.activeTextEditor?.document;

  /** A file that may hold another text. */
  readonly onChanged = this.#changed.event;
  /** A file that is gone or has another name, or a folder with all in it. */
  readonly onGone = this.#gone.event;

  constructor() {
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    this.#listening = vscode.Disposable.from(
      ...[this.#changed, this.#gone, watcher],
      watcher.onDidChange((uri) => this.#written(uri)),
      watcher.onDidCreate((uri) => this.#written(uri)),
      watcher.onDidDelete((uri) => this.#gone.fire(uri)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#saved(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#closed(document)),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.#left(editor?.document)),
      vscode.workspace.onDidDeleteFiles(({ files }) => files.forEach((uri) => this.#gone.fire(uri))),
      vscode.workspace.onDidRenameFiles(({ files }) =>
        files.forEach(({ oldUri }) => this.#gone.fire(oldUri)),
      ),
    );
  }

  dispose(): void {
    clearTimeout(this.#rest);
    this.#listening.dispose();
  }

  #written(uri: vscode.Uri): void {
    this.#resting.set(uri.toString(), uri);
    this.#rest ??= setTimeout(() => this.#tellRested(), restMs);
  }

  #tellRested(): void {
    const uris = [...this.#resting.values()];
    this.#resting.clear();
    this.#rest = undefined;
    for (const uri of uris) this.#changed.fire(uri);
  }

  #saved({ uri }: vscode.TextDocument): void {
    this.#unsaved.delete(uri.toString());
    this.#changed.fire(uri);
  }

  /** What was given up is what it was on the disk. */
  #closed({ uri }: vscode.TextDocument): void {
    if (this.#unsaved.delete(uri.toString())) this.#changed.fire(uri);
  }

  /** Whoever goes on in another document has not always saved, and may have undone what was told last. */
  #left(next: vscode.TextDocument | undefined): void {
    const before = this.#active;
    this.#active = next;
    if (before === undefined || before === next) return;
    const wasUnsaved = this.#unsaved.delete(before.uri.toString());
    if (before.isDirty) this.#unsaved.add(before.uri.toString());
    if (before.isDirty || wasUnsaved) this.#changed.fire(before.uri);
  }
}
