import { maxPrefixChars, maxSuffixChars } from './context.ts';

/** A cell of a notebook. */
export interface Cell {
  readonly languageId: string;
  /** Its text; asked for only where that is needed. */
  readonly text: () => string;
}

/** What stands around a document that is part of something longer; '' where nothing does. */
export interface Surroundings {
  readonly above: string;
  readonly below: string;
}

/** Around a file, and a document without a name, nothing stands. */
export const noSurroundings: Surroundings = { above: '', below: '' };

/** As two parts of a script are set apart. */
const betweenCells = '\n\n';

/**
 * What stands around one cell of a notebook: the cells in its language, as if they were one script. As far as a
 * context reaches and in whole cells, so that it stays the same while one types in this one.
 */
export function aroundCell(cells: readonly Cell[], index: number): Surroundings {
  const { languageId } = cells[index]!;
  const isCode = (cell: Cell): boolean => cell.languageId === languageId;
  const above = textsUpTo(maxPrefixChars, cells.slice(0, index).filter(isCode).toReversed());
  const below = textsUpTo(maxSuffixChars, cells.slice(index + 1).filter(isCode));
  return {
    above: above
      .toReversed()
      .map((text) => text + betweenCells)
      .join(''),
    below: below.map((text) => betweenCells + text).join(''),
  };
}

/** The texts of the first cells that together have so many characters; blank ones say nothing. */
function textsUpTo(maxChars: number, cells: readonly Cell[]): string[] {
  const texts: string[] = [];
  let chars = 0;
  for (const { text: read } of cells) {
    if (chars >= maxChars) break;
    const text = read();
    if (text.trim() !== '') texts.push(text);
    chars += text.length;
  }
  return texts;
}
