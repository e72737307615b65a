import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { naturalPauses } from '../../src/completion/asking/naturalPauses.ts';
import {
  countKnownLines,
  piecesWithout,
  withoutCopies,
  type KnownLineCounts,
} from '../../src/cli/replay/copies.ts';
import type { ProjectFile } from '../../src/feedback/files/projectFiles.ts';
import type { Asking } from '../../src/cli/replay/replayedDeveloper.ts';
import { lineCountOf, splitWork, writtenText, type SplitWork } from '../../src/cli/replay/splitWork.ts';
import { changesBetween, linesOf, type TypedDocument } from '../../src/cli/replay/typedWork.ts';
import { projectFolder } from '../../src/cli/replay/replayedProject.ts';
import { readVersions, type Versions } from '../../src/cli/replay/versions.ts';
import { nothingTyped } from '../../src/cli/errors.ts';
import type { SourceFile } from '../../src/trainer/data/codeWindows.ts';
import { tooLittleToLearn } from './errors.ts';

/** What was typed from one version to the next, in its two parts. */
export interface PairWork extends SplitWork {
  readonly name: string;
  readonly firstLines: number;
  readonly heldOutLines: number;
  readonly heldOutTelling: KnownLineCounts;
  /** The project as it stands before any of it is written. */
  readonly filesBefore: readonly SourceFile[];
  /** The project as it stands when the first part is written, without what is held out. */
  readonly sourceFiles: readonly SourceFile[];
  /**
   * What of it is learned: each document without the lines that its held-out parts write, in this round or one before, unless they
   * stay in it anyway. What is moved or indented anew would be learned where it stood before.
   */
  readonly learnableFiles: readonly SourceFile[];
}

/**
 * Share of the typed lines that are lived through and learned from. What is left has to be enough for
 * an interval that says something; a developer has far more of the first.
 */
const firstShare = 0.6;

/** What one retraining looks at (500 demonstrations) and some hundred requests reach; more would only take time. */
const maxLines = 2000;

/** With fewer lines to learn from or to judge by, nothing could be said; at blank ones nobody is asked. */
const minLines = { first: 40, heldOut: 20 };

/**
 * The work of a pair in rounds, the earlier first, each with a part to live through and one that is held out.
 * Throws a CliError for folders that are not there, that hold no source, or that differ in too little.
 */
export async function readPairWork(
  { old, new: newer }: Versions,
  { seed, rounds }: { readonly seed: number; readonly rounds: 1 | 2 },
): Promise<PairWork[]> {
  const files = await readVersions({ old, new: newer });
  const [olderFiles, newerFiles] = [byPath(files.older), byPath(files.newer)];
  const documents = withoutCopies(changesBetween(olderFiles, newerFiles), olderFiles);
  if (documents.length === 0) throw nothingTyped(old, newer);
  const name = `${basename(resolve(old))} to ${basename(resolve(newer))}`;
  const splits = splitRounds(documents, { seed, rounds });
  const partsUpTo = (rounds: number, part: 'first' | 'heldOut'): TypedDocument[] =>
    splits.slice(0, rounds).flatMap((split) => split[part]);
  const filesAfter = (rounds: number): SourceFile[] => sourceFilesOf(olderFiles, partsUpTo(rounds, 'first'));
  return splits.map((split, round) => {
    const sourceFiles = filesAfter(round + 1);
    const learnable = learnableFiles(sourceFiles, partsUpTo(round + 1, 'heldOut'));
    const work = {
      ...{ name: round === 0 ? name : `${name}, later`, ...split },
      firstLines: lineCountOf(split.first),
      heldOutLines: lineCountOf(split.heldOut),
      heldOutTelling: countKnownLines(split.heldOut, { older: olderFiles, learnable }),
      ...{ filesBefore: filesAfter(round), sourceFiles, learnableFiles: learnable },
    };
    requireEnough(work);
    return work;
  });
}

function requireEnough({ name, first, heldOut }: Pick<PairWork, 'name' | 'first' | 'heldOut'>): void {
  const [firstLines, heldOutLines] = [first, heldOut].map(
    (documents) => typedLinesOf(documents).filter((line) => line.trim() !== '').length,
  ) as [number, number];
  if (firstLines < minLines.first || heldOutLines < minLines.heldOut)
    throw tooLittleToLearn({ name, firstLines, heldOutLines });
}

function typedLinesOf(documents: readonly TypedDocument[]): string[] {
  return documents.flatMap(({ regions }) => regions.flatMap(({ typedText }) => linesOf(typedText)));
}

/**
 * A version's files by path, in code units. Without git their times are those of whoever unpacked or copied the folder
 * last, which must not decide what the seed draws.
 */
function byPath(files: readonly ProjectFile[]): ProjectFile[] {
  return files.toSorted((a, b) => Number(a.path > b.path) - Number(a.path < b.path));
}

function splitRounds(
  documents: readonly TypedDocument[],
  { seed, rounds }: { readonly seed: number; readonly rounds: 1 | 2 },
): SplitWork[] {
  const settings = { firstShare, maxLines, seed };
  if (rounds === 1) return [splitWork(documents, settings)];
  const { first, heldOut } = splitWork(documents, { firstShare: 1 / 2, maxLines: 2 * maxLines, seed });
  return [splitWork(first, settings), splitWork(heldOut, settings)];
}

/**
 * The older version with what was written in the parts that are lived through. A later part of a document begins behind
 * what an earlier round held out of it, which is written by then.
 */
function sourceFilesOf(older: readonly ProjectFile[], lived: readonly TypedDocument[]): SourceFile[] {
  const written = lived.map((document) => ({ ...document, text: writtenText(document) }));
  const texts = new Map([...older, ...written].map((file) => [file.path, file]));
  return [...texts.values()].map(({ path, languageId, text }) => ({
    documentUri: documentUriOf(path),
    ...{ path, languageId, text },
  }));
}

function learnableFiles(files: readonly SourceFile[], heldOut: readonly TypedDocument[]): SourceFile[] {
  return files.flatMap((file) => {
    const work = heldOut.filter(({ path }) => path === file.path);
    return work.length === 0 ? [file] : piecesWithout(file.text, work).map((text) => ({ ...file, text }));
  });
}

/** Where the policy is asked in some documents: at every natural pause, or at as many as may be. */
export function askingIn(documents: readonly TypedDocument[], maxRequests: number): PauseAsking {
  const of = pauseCountOf(documents);
  return { kind: 'pauses', count: Math.min(of, maxRequests), of };
}

type PauseAsking = Extract<Asking, { kind: 'pauses' }>;

/** How many natural pauses the typed lines have: places where the policy may be asked. */
function pauseCountOf(documents: readonly TypedDocument[]): number {
  return typedLinesOf(documents).reduce(
    (sum, line) => sum + naturalPauses(line.replace(/\n$/, '')).length,
    0,
  );
}

function documentUriOf(path: string): string {
  return pathToFileURL(join(projectFolder, path)).href;
}
