import type { RelatedCode } from '../../completion/completion.ts';
import { CodeIndex, maxProjectChars, relatedAt, type CodeFile } from '../../completion/prompt/relatedCode.ts';
import { RelatedSnapshots } from '../../completion/prompt/relatedSnapshot.ts';
import { isNamed } from '../../feedback/files/documentNames.ts';
import { inVsCodesSpelling } from '../../feedback/files/documentSpelling.ts';
import { withoutHeldOut } from '../data/dataset.ts';
import type { Demonstration } from '../data/examples.ts';
import { groupedBy } from '../data/groups.ts';
import { writtenLines, type ExampleSet, type NamesOf } from '../data/heldOut.ts';

/** A project, and how prompts show code of it. */
export interface ShownProject {
  /** As they are now, oldest first. */
  readonly files: readonly CodeFile[];
  readonly namesOf: NamesOf;
  readonly maxPromptTokens: number;
}

/**
 * What a prompt shows of the project at a held-out place, chosen as while one types: a silence is learned from how often
 * the policy is right by what it is shown at work. Files with held-out work are left out as they are now, and so are copies
 * of them that nobody told of: they show what was written at the places, and after them. Of the document itself that remains
 * which stood there then.
 *
 * @returns a function for the places in the order in which they were asked about.
 */
export function shownAt(
  heldOut: ExampleSet,
  { files, namesOf, maxPromptTokens }: ShownProject,
): (place: Demonstration) => RelatedCode | undefined {
  const index = indexOf(withoutCopies(withoutHeldOut(files, heldOut, namesOf), heldOut));
  const pathOf = pathsOf(files, namesOf);
  const snapshots = new RelatedSnapshots((place: Demonstration) => {
    const { documentUri, prefix, suffix } = place;
    const document = { documentUri, path: pathOf(place), documentText: prefix + suffix };
    return relatedAt(index, { ...document, prefix, suffix }, maxPromptTokens);
  });
  return (place) => snapshots.take(place);
}

/** The newest files, as many as the editor has room for. */
function indexOf(files: readonly CodeFile[]): CodeIndex {
  const index = new CodeIndex();
  let room = maxProjectChars;
  for (const file of files.toReversed()) {
    if (file.text.length > room) continue;
    room -= file.text.length;
    index.set(file);
  }
  return index;
}

/** Where the document of a place is in its project now; its name alone where that is not known. */
function pathsOf(files: readonly CodeFile[], namesOf: NamesOf): (place: Demonstration) => string {
  const named = files.map(({ documentUri, path }) => ({
    path,
    names: namesOf(inVsCodesSpelling(documentUri)),
  }));
  return ({ documentUri, atMs }) => {
    const place = { documentUri: inVsCodesSpelling(documentUri), atMs };
    const own = named.find(({ names }) => isNamed(names, place));
    return own?.path ?? documentUri.slice(documentUri.lastIndexOf('/') + 1);
  };
}

/** The files that do not hold more than half of what is held out of a document. */
function withoutCopies(files: readonly CodeFile[], { demonstrations }: ExampleSet): CodeFile[] {
  const documents = groupedBy(demonstrations, ({ documentUri }) => documentUri).map((document) => [
    ...new Set(document.flatMap(writtenLines)),
  ]);
  return files.filter(({ text }) => {
    const lines = new Set(text.split('\n').map((line) => line.trim()));
    return !documents.some(
      (written) => written.filter((line) => lines.has(line)).length > written.length / 2,
    );
  });
}
