/** Parts of VS Code's API for documents whose positions are offsets. Loaded within `vi.hoisted`, before what is tested. */

/** A position in a document of one line. */
export function position(character: number) {
  return { character, translate: (_: number, by: number) => position(character + by) };
}

/** Between two positions. */
export class Range {
  readonly start: { readonly character: number };
  readonly end: { readonly character: number };

  constructor(start: { character: number }, end: { character: number }) {
    this.start = start;
    this.end = end;
  }
}

/** Between two positions that are numbers. */
export class NumberRange {
  readonly from: number;
  readonly to: number;

  constructor(from: number, to: number) {
    this.from = from;
    this.to = to;
  }
}

/** What the provider gives. */
export class InlineCompletionItem {
  readonly insertText: string;
  readonly command: { readonly arguments: readonly string[] } | undefined;

  constructor(insertText: string, _?: Range, command?: { readonly arguments: readonly string[] }) {
    this.insertText = insertText;
    this.command = command;
  }
}

/** Made for the end of a document alone. */
export class Position {
  readonly line: number;

  constructor(line: number) {
    this.line = line;
  }
}
