import type * as vscode from 'vscode';

/** As much of a document as tells whether it was saved as another. */
type SavedDocument = Pick<vscode.TextDocument, 'uri' | 'lineCount' | 'getText'>;

/**
 * The new document that a file was just saved from, among those that are open. VS Code calls that no renaming: it fills and
 * saves a file, and empties and closes the new document only then.
 */
export function newDocumentOf(saved: SavedDocument, open: readonly SavedDocument[]): vscode.Uri | undefined {
  const source = open.find(
    (document) =>
      document.uri.scheme === 'untitled' &&
      document.lineCount === saved.lineCount &&
      document.getText() === saved.getText(),
  );
  return source?.getText() === '' ? undefined : source?.uri;
}
