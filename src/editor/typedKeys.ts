import * as vscode from 'vscode';
import type { Completer } from '../completion/completer.ts';
import type { EditorEvent } from '../feedback/editorEvent.ts';
import { cursorBehind } from './cursorBehind.ts';
import { placeAt } from './documentPlace.ts';
import type { EditorListener } from './editorEar.ts';
import { whyNotCompleted } from './whyNotCompleted.ts';

/** What the keys are told to. */
export interface TypedKeysOptions {
  readonly completer: Pick<Completer, 'noteTyped'>;
  readonly noteCompletionWanted: () => void;
}

/**
 * Tells the completer of every key in the active editor as it is pressed: VS Code itself asks for a
 * completion 50 ms later. Where the cursor stands is not told with an edit, so it is worked out.
 */
export class TypedKeys implements EditorListener {
  readonly #options: TypedKeysOptions;

  constructor(options: TypedKeysOptions) {
    this.#options = options;
  }

  handle(event: EditorEvent): void {
    const editor = vscode.window.activeTextEditor;
    if (event.kind !== 'edited' || event.reason !== undefined || editor === undefined) return;
    const { document, selections } = editor;
    const [change, ...others] = event.changes;
    const isHere = document.uri.toString() === event.documentUri && selections.length === 1;
    if (!isHere || change === undefined || others.length > 0) return;
    if (whyNotCompleted(document) !== undefined) return;
    this.#options.noteCompletionWanted();
    this.#options.completer.noteTyped(
      placeAt(document, document.positionAt(cursorBehind(change)), 'automatic'),
    );
  }
}
