import * as vscode from 'vscode';
import type { Completer } from '../../completion/completer.ts';
import type { EditorEvent } from '../../feedback/following/editorEvent.ts';
import { cursorBehind } from './cursorBehind.ts';
import { placeAt } from './documentPlace.ts';
import type { EditorListener } from './editorEar.ts';
import { whyNotCompleted } from './whyNotCompleted.ts';

type EditedEvent = Extract<EditorEvent, { kind: 'edited' }>;

/** What the keys are told to. */
export interface TypedKeysOptions {
  readonly completer: Pick<Completer, 'noteTyped' | 'noteMoved' | 'isWantedAt'>;
  readonly noteCompletionWanted: () => void;
}

/**
 * Tells the completer of every key in the active editor as it is pressed: VS Code itself asks for a
 * completion 50 ms later. Where the cursor stands is not told with an edit, so it is worked out. Tells it as well
 * where the cursor is moved to without a key.
 */
export class TypedKeys implements EditorListener {
  readonly #options: TypedKeysOptions;

  constructor(options: TypedKeysOptions) {
    this.#options = options;
  }

  handle(event: EditorEvent): void {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || editor.selections.length !== 1) return;
    const { document } = editor;
    const isHere = 'documentUri' in event && document.uri.toString() === event.documentUri;
    if (!isHere || whyNotCompleted(document) !== undefined) return;
    if (event.kind === 'edited') this.#handleEdit(event, document);
    else if (event.kind === 'cursorMoved')
      this.#options.completer.noteMoved(() => placeAt(document, editor.selection.active, 'automatic'));
  }

  #handleEdit({ changes, reason }: EditedEvent, document: vscode.TextDocument): void {
    const [change, ...others] = changes;
    if (reason !== undefined || change === undefined || others.length > 0) return;
    const { completer, noteCompletionWanted } = this.#options;
    const place = placeAt(document, document.positionAt(cursorBehind(change)), 'automatic');
    if (completer.isWantedAt(place)) noteCompletionWanted();
    completer.noteTyped(place);
  }
}
