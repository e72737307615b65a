/**
 * More than this in one change is not typing: a paste, a formatter, a reload after a branch switch.
 * Refact's telemetry leaves out the same (more than 20 characters a second are no human's).
 */
export const maxTypedChars = 20;

/** What an editor writes for one opening character: the closing one comes along. */
const autoClosedPairs: ReadonlySet<string> = new Set(['()', '[]', '{}', '<>', '""', "''", '``']);

/** Enter with its indentation, and between brackets a second line break with its own. */
const lineBreak = /^\r?\n[ \t]*(?:\r?\n[ \t]*)?$/;

/** Whether one key can have inserted this text: a character, Enter, Tab, or an auto-closed pair. */
export function isKeystroke(insertedText: string): boolean {
  if (autoClosedPairs.has(insertedText) || lineBreak.test(insertedText)) return true;
  return /^[ \t]*$/.test(insertedText) || Array.from(insertedText).length === 1;
}
