import * as vscode from 'vscode';
import type { Clock } from '../../completion/clock.ts';
import { isAtOrBelow } from '../../feedback/files/fileOf.ts';
import type { EditorEvent } from '../../feedback/following/editorEvent.ts';
import { isOurs } from './documentPlace.ts';
import type { EditorListener } from './editorEar.ts';
import { Renamings, type Renamed } from './renamings.ts';
import { newDocumentOf } from './savedAs.ts';

/**
 * Turns what happens in VS Code's editors into events for feedback, in VS Code's own order: an edit
 * comes before where it left the cursor, and before the command behind an accept.
 */
export function listenToEditors(listeners: readonly EditorListener[], clock: Clock): vscode.Disposable {
  const hear = (event: EditorEvent): void => {
    for (const listener of listeners) listener.handle(event);
  };
  const at = (document: vscode.TextDocument) => ({
    atMs: clock.nowMs(),
    documentUri: document.uri.toString(),
  });
  /** Where the cursor is, the only place where a completion can be on the screen; undefined once it was told that it is hidden. */
  let inFront = vscode.window.activeTextEditor?.document;
  const renamings = new Renamings(({ fromUri, toUri }) => {
    hear({ kind: 'renamed', atMs: clock.nowMs(), documentUri: fromUri, newUri: toUri });
    // The cursor may have come there before the name was known.
    const editor = vscode.window.activeTextEditor;
    if (editor !== undefined && isAtOrBelow(editor.document.uri.toString(), toUri)) hearCursor(editor);
  });
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument((event) => {
      if (isOurs(event.document) && event.contentChanges.length > 0)
        hear({ kind: 'edited', ...at(event.document), ...editOf(event) });
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      // A second editor of a document has a cursor of its own, which edits move without the user.
      if (textEditor === vscode.window.activeTextEditor) hearCursor(textEditor);
    }),
    // Whoever turns to another document leaves the completion in this one.
    vscode.window.onDidChangeActiveTextEditor((editor) => hearCursor(editor)),
    // VS Code takes a completion off the screen when its editor loses the focus.
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) inFront = vscode.window.activeTextEditor?.document;
      else hearHidden();
    }),
    vscode.workspace.onDidSaveTextDocument((document) => {
      renamings.noteSaved(document.uri.toString());
      const fromUri = newDocumentOf(document, vscode.workspace.textDocuments)?.toString();
      if (fromUri !== undefined) renamings.finish({ fromUri, toUri: document.uri.toString() });
      if (isOurs(document)) hear({ kind: 'saved', ...at(document) });
    }),
    vscode.workspace.onWillRenameFiles(({ files }) => {
      for (const file of files) renamings.begin(renamedOf(file));
    }),
    vscode.workspace.onDidRenameFiles(({ files }) => {
      for (const file of files) renamings.finish(renamedOf(file));
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      renamings.noteClosed(document.uri.toString());
      if (isOurs(document)) hear({ kind: 'closed', ...at(document) });
    }),
  );

  function hearCursor(editor: vscode.TextEditor | undefined): void {
    if (editor === undefined || !isOurs(editor.document)) {
      hearHidden();
      return;
    }
    inFront = editor.document;
    const offset = editor.document.offsetAt(editor.selection.active);
    hear({ kind: 'cursorMoved', ...at(editor.document), offset });
  }

  /** Once: what moves by itself in other editors, as the Output panel does, is nothing that the user did. */
  function hearHidden(): void {
    if (inFront !== undefined && isOurs(inFront)) hear({ kind: 'hidden', ...at(inFront) });
    inFront = undefined;
  }
}

function renamedOf({ oldUri, newUri }: vscode.FileRenameEvent['files'][number]): Renamed {
  return { fromUri: oldUri.toString(), toUri: newUri.toString() };
}

function editOf({ contentChanges, reason }: vscode.TextDocumentChangeEvent) {
  const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
    offset: rangeOffset,
    deletedChars: rangeLength,
    insertedText: text,
  }));
  return { changes, ...(reason === undefined ? {} : { reason: reasonNames[reason] }) };
}

const reasonNames = {
  [vscode.TextDocumentChangeReason.Undo]: 'undo',
  [vscode.TextDocumentChangeReason.Redo]: 'redo',
} as const;
