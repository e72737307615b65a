import { badCursor, noSuchColumn, noSuchLine } from './errors.ts';

/** A place in a file as editors and compilers write it: line and column counted from 1. */
export interface CursorArgument {
  readonly path: string;
  readonly line: number;
  /** In UTF-16 code units; 1 stands before the first of the line. */
  readonly column: number;
}

/** Reads `file:line:column`. Throws CliError 'badCursor'. */
export function parseCursor(text: string): CursorArgument {
  const [, path, line, column] = /^(.+):(\d+):(\d+)$/s.exec(text) ?? [];
  if (path === undefined) throw badCursor(text);
  const cursor = { path, line: Number(line), column: Number(column) };
  if (cursor.line < 1 || cursor.column < 1) throw badCursor(text);
  return cursor;
}

/** The 0-based offset of a cursor in its file's text. Throws CliError 'badCursor' when it has no such place. */
export function offsetOf({ path, line, column }: CursorArgument, documentText: string): number {
  const lines = documentText.split('\n');
  const found = lines[line - 1];
  if (found === undefined) throw noSuchLine(path, line, lines.length);
  const lastColumn = found.replace(/\r$/, '').length + 1;
  if (column > lastColumn) throw noSuchColumn(path, line, column, lastColumn);
  const lineStart = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  return lineStart + column - 1;
}
