import { diffLines } from 'diff';
import type { ProjectFile } from './projectFiles.ts';

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

/** What changed from one version of a project to the next: every document that has new lines. */
export function changesBetween(
  older: readonly ProjectFile[],
  newer: readonly ProjectFile[],
): TypedDocument[] {
  const before = new Map(older.map(({ path, text }) => [path, text]));
  return newer
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

function cutRegions(regions: readonly TypedRegion[], maxLines: number): TypedRegion[] {
  let left = maxLines;
  return regions.flatMap((region) => {
    if (left <= 0) return [];
    const lines = region.typedText.split(/(?<=\n)/);
    const typedText = lines.slice(0, left).join('');
    left -= lines.length;
    return [{ ...region, typedText }];
  });
}

function changedRegions(before: string, after: string): TypedRegion[] {
  const regions: TypedRegion[] = [];
  let offset = 0;
  let deletedChars = 0;
  for (const { value, added, removed } of diffLines(before, after)) {
    if (removed) {
      deletedChars += value.length;
    } else if (added) {
      regions.push({ offset, deletedChars, typedText: value });
      offset += value.length;
      deletedChars = 0;
    } else {
      if (deletedChars > 0) regions.push({ offset, deletedChars, typedText: '' });
      offset += value.length;
      deletedChars = 0;
    }
  }
  return regions;
}

function lineCount(text: string): number {
  return text === '' ? 0 : text.trimEnd().split('\n').length;
}
