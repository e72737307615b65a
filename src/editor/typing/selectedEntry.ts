/** The entry that is selected in VS Code's list of names while it is open. */
export interface SelectedEntry {
  /** What the entry would put into the document. */
  readonly text: string;
  /** What of the document it would replace, up to the cursor. */
  readonly replacedBefore: string;
}

/**
 * Whether VS Code would show a completion while its list of names is open: only one that begins with
 * what the selected entry would still add at the cursor.
 */
export function extendsSelected(completionText: string, { text, replacedBefore }: SelectedEntry): boolean {
  return text.startsWith(replacedBefore) && completionText.startsWith(text.slice(replacedBefore.length));
}
