import * as vscode from 'vscode';
import type { Completer } from '../completion/completer.ts';
import { placeAt } from './documentPlace.ts';
import type { SessionOffers } from './sessionOffers.ts';

/**
 * Lets the completion on the screen grow when all of it is written that was offered with its first
 * line. VS Code asks a provider once; its command for the next alternative asks again, keeps what is
 * shown in front, and goes on to the answer behind it, which begins with what is shown: nothing
 * flickers. Where no completion is on the screen any more that command does nothing.
 */
export function showGrown(
  completer: Pick<Completer, 'onGrown' | 'knownAt'>,
  offers: Pick<SessionOffers, 'lastId'>,
): vscode.Disposable {
  const listening = completer.onGrown(({ id }) => {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || offers.lastId !== id) return;
    const known = completer.knownAt(placeAt(editor.document, editor.selection.active, 'automatic'));
    if (known?.id === id) void vscode.commands.executeCommand('editor.action.inlineSuggest.showNext');
  });
  return new vscode.Disposable(() => listening.dispose());
}
