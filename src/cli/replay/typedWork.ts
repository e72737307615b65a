import { diffLines } from 'diff';
import { isInHiddenFolder, type ProjectFile } from '../../feedback/files/projectFiles.ts';

/** One place of a document where a developer took out some text and typed some. */
export interface TypedRegion {
  /** Offset in the document as the regions before have left it. */
  readonly offset: number;
  readonly deletedChars: number;
  readonly typedText: string;
}

/** One document and everything that was typed into it, from top to bottom. */
export interface TypedDocument {
  readonly path: string;
  readonly languageId: string;
  /** What stood there before. */
  readonly before: string;
  readonly regions: readonly TypedRegion[];
}

/** The newer half of a project, by lines: each of its files typed from an empty document. */
export function newerHalf(files: readonly ProjectFile[]): TypedDocument[] {
  const half = files.reduce((sum, { text }) => sum + lineCount(text), 0) / 2;
  let older = 0;
  const newer = files.filter(({ text }) => (older += lineCount(text)) > half);
  return newer.map(({ path, languageId, text }) => ({
    ...{ path, languageId },
    before: '',
    regions: [{ offset: 0, deletedChars: 0, typedText: text }],
  }));
}

/**
 * What changed from one version of a project to the next: every document that has new lines. Hidden folders are left out,
 * because one of the versions may have been read without them: a checkout beside an unpacked release.
 */
export function changesBetween(
  older: readonly ProjectFile[],
  newer: readonly ProjectFile[],
): TypedDocument[] {
  const before = new Map(older.map(({ path, text }) => [path, text]));
  return newer
    .filter(({ path }) => !isInHiddenFolder(path))
    .map(({ path, languageId, text }) => {
      const old = before.get(path) ?? '';
      return { path, languageId, before: old, regions: changedRegions(old, text) };
    })
    .filter(({ regions }) => regions.some(({ typedText }) => typedText.trim() !== ''));
}

/** The newest documents that together have at most `maxLines` typed lines, in the order they were written. */
export function newestLines(documents: readonly TypedDocument[], maxLines: number): TypedDocument[] {
  let left = maxLines;
  const kept: TypedDocument[] = [];
  for (const document of documents.toReversed()) {
    if (left <= 0) break;
    kept.push({ ...document, regions: cutRegions(document.regions, left) });
    left -= typedLines(document);
  }
  return kept.reverse();
}

/** How many lines are typed into a document. */
export function typedLines({ regions }: TypedDocument): number {
  return regions.reduce((sum, { typedText }) => sum + lineCount(typedText), 0);
}

/** A document's old text in pieces: what stays of it, and what its regions take out. */
export function oldTextOf({ before, regions }: TypedDocument): {
  readonly kept: readonly string[];
  readonly lost: readonly string[];
} {
  const [kept, lost]: [string[], string[]] = [[], []];
  let [end, grown] = [0, 0];
  for (const { offset, deletedChars, typedText } of regions) {
    const start = offset - grown;
    kept.push(before.slice(end, start));
    end = start + deletedChars;
    lost.push(before.slice(start, end));
    grown += typedText.length - deletedChars;
  }
  return { kept: [...kept, before.slice(end)], lost };
}

function cutRegions(regions: readonly TypedRegion[], maxLines: number): TypedRegion[] {
  let left = maxLines;
  return regions.flatMap((region) => {
    if (left <= 0) return [];
    const lines = linesOf(region.typedText);
    left -= lines.length;
    return [{ ...region, typedText: lines.slice(0, lines.length + Math.min(left, 0)).join('') }];
  });
}

/**
 * Finding out which lines stayed takes the square of those that did not: two seconds for so many, taken out and put in, and hours
 * where a file of 200 KB has only others. The most of a file of the corpus is 4,300.
 */
const maxEditedLines = 6000;

/** What was taken out and put in at one place is one region, with the old text going first. */
function changedRegions(before: string, after: string): TypedRegion[] {
  const changes = diffLines(before, after, { maxEditLength: maxEditedLines });
  if (changes === undefined) return [regionBetween(linesOf(before), linesOf(after))];
  const regions: TypedRegion[] = [];
  let offset = 0;
  let isNewPlace = true;
  for (const { value, added, removed } of changes) {
    if (added || removed) {
      const region = isNewPlace ? { offset, deletedChars: 0, typedText: '' } : regions.pop()!;
      regions.push(added ? withTyped(region, value) : withDeleted(region, value));
    }
    if (!removed) offset += value.length;
    isNewPlace = !added && !removed;
  }
  return regions;
}

/** All between the first line that is another and the last, as one region. */
function regionBetween(before: readonly string[], after: readonly string[]): TypedRegion {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const changed = (lines: readonly string[]): string => lines.slice(head, lines.length - tail).join('');
  const offset = before.slice(0, head).join('').length;
  return { offset, deletedChars: changed(before).length, typedText: changed(after) };
}

function withTyped(region: TypedRegion, text: string): TypedRegion {
  return { ...region, typedText: region.typedText + text };
}

function withDeleted(region: TypedRegion, text: string): TypedRegion {
  return { ...region, deletedChars: region.deletedChars + text.length };
}

function lineCount(text: string): number {
  return linesOf(text).length;
}

/** The lines of a text with their line ends; none for the empty text. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
