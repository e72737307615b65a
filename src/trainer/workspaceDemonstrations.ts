import { naturalPauses } from '../completion/naturalPauses.ts';
import { contextAround } from '../completion/context.ts';
import { RandomStream } from '../engine/random.ts';
import { promptOf, type Demonstration } from './examples.ts';
import type { LinesWritten } from './ownLines.ts';

/** A file of the user's workspace, as it stands. */
export interface SourceFile {
  readonly documentUri: string;
  readonly languageId: string;
  /** With `\n` for its line ends. */
  readonly text: string;
  /** Absent where it is not known, or not wanted, who wrote its lines. */
  readonly linesWritten?: LinesWritten | undefined;
}

/**
 * Lines from one place to the next. What a pack shows above its place are about so many lines, so that
 * places further apart would leave lines out and nearer ones show them twice.
 */
const linesApart = 8;

/** A shorter line teaches nothing. */
const minLineChars = 4;

/**
 * What the files of a workspace show of how their developer writes: places spread over all of them, each
 * with the rest of its line. At most `maxPlaces`, drawn by the seed; where it is known which lines are the
 * developer's, those that they wrote last come first. The same files and seed give the same places.
 */
export function workspaceDemonstrations(
  files: readonly SourceFile[],
  { seed, maxPlaces }: { readonly seed: number; readonly maxPlaces: number },
): Demonstration[] {
  const random = RandomStream.named(seed, 'workspace');
  const places = files.flatMap((file) => placesIn(file, random.nextUint32() % linesApart));
  const drawn = random.shuffled(places).sort((a, b) => b.writtenAtMs - a.writtenAtMs);
  return drawn.slice(0, maxPlaces).map(demonstrationAtPlace);
}

interface Place {
  readonly file: SourceFile;
  readonly offset: number;
  readonly text: string;
  /** 0 where it is somebody else's, or not known. */
  readonly writtenAtMs: number;
}

/** In every eighth line the last natural pause, in the next line that has one where it has none. */
function placesIn(file: SourceFile, firstLine: number): Place[] {
  const places: Place[] = [];
  let start = 0;
  let next = firstLine;
  for (const [index, line] of file.text.split('\n').entries()) {
    const pause = naturalPauses(line).at(-1);
    if (index >= next && pause !== undefined && line.trim().length >= minLineChars) {
      const writtenAtMs = file.linesWritten?.[index] ?? 0;
      places.push({ file, offset: start + pause, text: line.slice(pause).trimEnd(), writtenAtMs });
      next = index + linesApart;
    }
    start += line.length + 1;
  }
  return places;
}

function demonstrationAtPlace({ file, offset, text }: Place): Demonstration {
  const { documentUri, languageId } = file;
  const { prefix, suffix } = contextAround(file.text, offset);
  const asked = { documentUri, languageId, offset, prefix, suffix: suffix.slice(text.length), atMs: 0 };
  return {
    ...promptOf(asked),
    ...{ text, replacedChars: 0, weight: 1, source: 'workspace' },
    recordId: `${documentUri}#${offset}`,
  };
}
