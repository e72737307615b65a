import * as vscode from 'vscode';
import type { WantedPlace } from '../../completion/wantedPlace.ts';
import { contextSpan, maxSuffixChars } from '../../completion/prompt/context.ts';
import {
  aroundCell,
  noSurroundings,
  type Cell,
  type Surroundings,
} from '../../completion/prompt/notebook.ts';
import type { AskedAt } from '../../feedback/following/editorEvent.ts';
import type { OpenDocument } from '../../feedback/following/typingObserver.ts';
import { otherCompleters } from './otherCompleters.ts';

/**
 * The documents that are written by hand and can be completed, cells of notebooks and files without
 * a name among them; not output, comparisons, or input boxes.
 */
export const documentSelector = [
  { scheme: 'file' },
  { scheme: 'untitled' },
  { scheme: 'vscode-notebook-cell' },
  { scheme: 'vscode-vfs' },
] as const;

/** Whether a document is one that Attune completes and listens to. */
export function isOurs({ uri }: vscode.TextDocument): boolean {
  return documentSelector.some(({ scheme }) => scheme === uri.scheme);
}

/** A cursor in a document, as a completion is asked for there. In a notebook its context reaches into other cells. */
export function placeAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  trigger: WantedPlace['trigger'],
): WantedPlace {
  const offset = document.offsetAt(position);
  const { above, below } = surroundingsOf(document);
  const start = contextSpan(above.length + offset).start - above.length;
  const textIn = (from: vscode.Position, to: vscode.Position) => document.getText(new vscode.Range(from, to));
  const before = textIn(document.positionAt(Math.max(0, start)), position);
  const behind = textIn(position, document.positionAt(contextSpan(offset).end));
  return {
    prefix: start < 0 ? above.slice(start) + before : before,
    suffix: (behind + below).slice(0, maxSuffixChars),
    documentUri: document.uri.toString(),
    languageId: document.languageId,
    offset,
    trigger,
  };
}

/**
 * The document of a place and the position in it; undefined where another text stands there by now: before the cursor, or
 * on its line and the next behind it, where what was put in meanwhile would be.
 */
export async function documentAt({ documentUri, offset, prefix, suffix }: WantedPlace) {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(documentUri));
  const position = document.positionAt(offset);
  const now = placeAt(document, position, 'invoked');
  const isThere = now.prefix === prefix && nextLines(now.suffix) === nextLines(suffix);
  return isThere ? { document, position } : undefined;
}

function nextLines(suffix: string): string {
  return suffix.split('\n', 2).join('\n');
}

/** What stands around a cell in its notebook; around other documents nothing does. */
function surroundingsOf(document: vscode.TextDocument): Surroundings {
  if (document.uri.scheme !== 'vscode-notebook-cell') return noSurroundings;
  for (const notebook of vscode.workspace.notebookDocuments) {
    const cells = notebook.getCells().map((cell) => cell.document);
    const index = cells.indexOf(document);
    if (index !== -1) return aroundCell(cells.map(asCell), index);
  }
  return noSurroundings;
}

function asCell(document: vscode.TextDocument): Cell {
  return { languageId: document.languageId, text: () => document.getText() };
}

/** The same cursor, as feedback keeps it, with who else writes completions there. */
export function askedAt(place: WantedPlace, atMs: number): AskedAt {
  const { documentUri, languageId, offset, prefix, suffix } = place;
  const others = otherCompleters();
  return {
    ...{ atMs, documentUri, languageId, offset, prefix, suffix },
    ...(others.length === 0 ? {} : { otherCompleters: others }),
  };
}

/** A document that is open now; undefined when it is not. */
export function readOpenDocument(documentUri: string): OpenDocument | undefined {
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === documentUri);
  return (
    document && {
      ...{ languageId: document.languageId, text: document.getText() },
      ...surroundingsOf(document),
    }
  );
}
