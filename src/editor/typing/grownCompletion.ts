import * as vscode from 'vscode';
import type { Completer } from '../../completion/completer.ts';
import type { CompletionId } from '../../completion/completion.ts';
import { placeAt } from './documentPlace.ts';
import type { Alternatives } from './alternatives.ts';
import type { SessionOffers } from './sessionOffers.ts';

/**
 * Lets the completion on the screen grow when all of it is written that was offered with its first
 * line. VS Code asks a provider once; its command for the next alternative asks again, keeps what is
 * shown in front, and goes on to the answer behind it, which begins with what is shown: nothing
 * flickers. Where no completion is on the screen any more that command does nothing.
 */
export function showGrown(
  completer: Pick<Completer, 'onGrown' | 'knownAt'>,
  offers: Pick<SessionOffers, 'lastId' | 'onOffered'>,
  alternatives: Pick<Alternatives, 'grow'>,
): vscode.Disposable {
  /** Grown, and not on the screen like that yet: its first line may not even be there. */
  let grownId: CompletionId | undefined;
  const grow = (): void => {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || grownId === undefined || offers.lastId !== grownId) return;
    const known = completer.knownAt(placeAt(editor.document, editor.selection.active, 'automatic'));
    if (known?.id === grownId) void alternatives.grow();
    grownId = undefined;
  };
  const growing = completer.onGrown(({ id }) => {
    grownId = id;
    grow();
  });
  const offering = offers.onOffered(grow);
  return new vscode.Disposable(() => {
    growing.dispose();
    offering.dispose();
  });
}
