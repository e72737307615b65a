import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { CompletionId } from '../../completion/completion.ts';
import { Alternatives, type AlternativesOptions } from './alternatives.ts';
import { askedAt, isOurs, placeAt } from './documentPlace.ts';

/** What the alternatives of a window need. */
export type WindowAlternativesOptions = Omit<
  AlternativesOptions,
  'askedAt' | 'newId' | 'placeNow' | 'run' | 'say'
>;

/** The alternatives at the cursor of this window. */
export function windowAlternatives(options: WindowAlternativesOptions): Alternatives {
  return new Alternatives({
    ...options,
    askedAt,
    newId: () => randomUUID() as CompletionId,
    placeNow: () => {
      const editor = vscode.window.activeTextEditor;
      return editor && isOurs(editor.document)
        ? placeAt(editor.document, editor.selection.active, 'invoked')
        : undefined;
    },
    say: (text, until) => {
      if (typeof until === 'number') vscode.window.setStatusBarMessage(text, until);
      else vscode.window.setStatusBarMessage(text, until);
    },
    run: (command) => vscode.commands.executeCommand(`editor.action.inlineSuggest.${command}`),
  });
}
