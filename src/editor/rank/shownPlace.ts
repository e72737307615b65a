import * as vscode from 'vscode';
import type { WantedPlace } from '../../completion/wantedPlace.ts';
import { cursorLineOf } from '../../completion/prompt/context.ts';
import type { ShownPlace } from './rankMessages.ts';

/** How the page 'Rank Alternatives' names a cursor, with the code around it and what is asked for there. */
export function shownPlaceOf(
  place: WantedPlace,
  { document, selection }: vscode.TextEditor,
  instruction: string | undefined,
): ShownPlace {
  const name = document.isUntitled ? document.uri.path : vscode.workspace.asRelativePath(document.uri);
  const { before, behind } = cursorLineOf(place);
  const above = place.prefix.slice(0, place.prefix.length - before.length).split(/\r?\n/);
  return {
    title: `${name}:${selection.active.line + 1}`,
    languageId: place.languageId,
    lineAbove: above.findLast((line) => line.trim() !== '') ?? '',
    lineBefore: before,
    lineBehind: behind.replace('\r', ''),
    ...(instruction === undefined ? {} : { instruction }),
  };
}
