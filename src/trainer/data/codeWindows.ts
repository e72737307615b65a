import type { CodeFile } from '../../completion/prompt/relatedCode.ts';
import { maxSuffixChars } from '../../completion/prompt/context.ts';
import { RandomStream } from '../../engine/random.ts';
import { showsHeldOutLine, type IsHeldOutLine } from './heldOut.ts';
import type { LinesWritten } from './ownLines.ts';

/** A file of the user's workspace, as it stands. */
export interface SourceFile extends CodeFile {
  readonly languageId: string;
  /** Absent where it is not known, or not wanted, who wrote its lines. */
  readonly linesWritten?: LinesWritten | undefined;
}

/** Whole lines of a file that are learned, with what is shown of it before and behind them. */
export interface CodeWindow {
  readonly documentUri: string;
  readonly prefix: string;
  readonly text: string;
  readonly suffix: string;
  /** Those of its lines that stand in few files, without their outer white space: only they can give held-out work away. */
  readonly rareLines: readonly string[];
}

/** Which windows there are. */
export interface WindowSettings {
  readonly seed: number;
  readonly maxWindows: number;
  readonly isHeldOutLine: IsHeldOutLine;
}

/** Some 250 tokens: code has 3 to 4 characters a token. */
const windowChars = 800;

/** A few lines, so that the first tokens of a window are no riddle; more would be read at the cost of learning. */
const shownAboveChars = 240;

/**
 * A held-out file that was moved may have been copied too. What stands in more files is an idiom, as
 * `if err != nil {`, and knowing it gives nothing away: with idioms 50 to 800 held-out lines, drawn from a tenth of the
 * files, cost up to 45 % of the windows of the others, without them at most 4 % (Go's net, Python's library, Attune).
 */
const maxFilesOfRareLine = 2;

/**
 * What the files of a workspace show of how their developer writes: their text in windows, one behind the other. At most
 * `maxWindows`, drawn by the seed, none with a rare line that is held out; where it is known which lines are the developer's, the
 * windows with those that they wrote last come first. The same files and seed give the same windows.
 */
export function codeWindows(
  files: readonly SourceFile[],
  { seed, maxWindows, isHeldOutLine }: WindowSettings,
): CodeWindow[] {
  const fileCounts = countFiles(files);
  const spans = RandomStream.named(seed, 'workspace').shuffled(files.flatMap((file) => [...spansOf(file)]));
  return spans
    .map((span) => ({ ...span, rareLines: rareLinesIn(span, fileCounts) }))
    .filter((span) => !showsHeldOutLine(span, isHeldOutLine))
    .sort((a, b) => b.writtenAtMs - a.writtenAtMs)
    .slice(0, maxWindows)
    .map(windowAt);
}

/** In how many files each line stands. */
function countFiles(files: readonly SourceFile[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of files)
    for (const line of new Set(trimmedLines(text))) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function rareLinesIn({ file, start, end }: Span, fileCounts: ReadonlyMap<string, number>): string[] {
  return trimmedLines(file.text.slice(start, end)).filter(
    (line) => (fileCounts.get(line) ?? 0) <= maxFilesOfRareLine,
  );
}

function trimmedLines(text: string): string[] {
  return text.split('\n').map((line) => line.trim());
}

/** Where in a file a window stands. */
interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
  /** When the developer wrote the last of its lines; 0 where they are somebody else's, or it is not known. */
  readonly writtenAtMs: number;
}

/** A file's lines, one window behind the other; blank ones are left out. */
function* spansOf(file: SourceFile): Generator<Span> {
  let [start, end, writtenAtMs] = [0, 0, 0];
  for (const [index, line] of file.text.split('\n').entries()) {
    end = Math.min(end + line.length + 1, file.text.length);
    writtenAtMs = Math.max(writtenAtMs, file.linesWritten?.[index] ?? 0);
    if (end - start < windowChars && end < file.text.length) continue;
    if (file.text.slice(start, end).trim() !== '') yield { file, start, end, writtenAtMs };
    [start, writtenAtMs] = [end, 0];
  }
}

function windowAt({
  file: { documentUri, text },
  start,
  end,
  rareLines,
}: Span & Pick<CodeWindow, 'rareLines'>): CodeWindow {
  const above = text.slice(0, start);
  return {
    documentUri,
    prefix: above.slice(above.lastIndexOf('\n', start - shownAboveChars) + 1),
    text: text.slice(start, end),
    suffix: text.slice(end, end + maxSuffixChars),
    rareLines,
  };
}
