import * as vscode from 'vscode';
import type { Completer } from '../completion/completer.ts';
import { placeAt } from './documentPlace.ts';
import type { SessionOffers } from './sessionOffers.ts';

/**
 * Lets the completion on the screen grow when all of it is written that was offered with its first
 * line. VS Code draws what a provider gave once, so it is made to ask again; until the answer is there
 * it keeps what it shows, and as that begins the longer text, nothing flickers.
 *
 * Only where the completion still goes on at the cursor: VS Code would otherwise show one that the
 * user has left.
 */
export function showGrown(
  completer: Pick<Completer, 'onGrown' | 'knownAt'>,
  offers: Pick<SessionOffers, 'lastId'>,
): vscode.Disposable {
  const listening = completer.onGrown(({ id }) => {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || offers.lastId !== id) return;
    const known = completer.knownAt(placeAt(editor.document, editor.selection.active, 'automatic'));
    if (known?.id === id) void vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  });
  return new vscode.Disposable(() => listening.dispose());
}
