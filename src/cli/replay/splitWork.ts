import { RandomStream } from '../../engine/random.ts';
import { minGroups } from '../../trainer/gate/groupsOfWork.ts';
import { linesOf, typedLines, type TypedDocument, type TypedRegion } from './typedWork.ts';

/** Work in two parts that share no typed line's place. */
export interface SplitWork {
  /** What is lived through first, and learned from. */
  readonly first: readonly TypedDocument[];
  /** What a policy is judged by afterwards. */
  readonly heldOut: readonly TypedDocument[];
  /** What was not cut: a document is in one part as a whole, or its later regions are held out. */
  readonly by: 'documents' | 'regions';
}

/** How work is split. */
export interface SplitSettings {
  /** Share of the typed lines that come first, 0 to 1. */
  readonly firstShare: number;
  /** More lines are left out, by whole documents; of a single one that is longer, those at its end. */
  readonly maxLines: number;
  readonly seed: number;
}

/** A document with a larger share of all lines cannot be put into one part without spoiling the shares. */
const maxDocumentShare = 1 / 3;

/**
 * The work in two parts. Documents are worked through in an order drawn from the seed: the order of
 * their paths would hold out one corner of the project.
 *
 * Where that leaves documents enough in both, each goes into one part as a whole: into the first while
 * there is room for it, else into the second. Otherwise each is cut where `firstShare` of its typed lines are
 * written, and what is written below is held out.
 */
export function splitWork(
  documents: readonly TypedDocument[],
  { firstShare, maxLines, seed }: SplitSettings,
): SplitWork {
  const order = RandomStream.named(seed, 'order of work').shuffled(documents);
  const work = order.map((document) => cutDocument(document, maxLines).first).filter(withinLimit(maxLines));
  const total = lineCountOf(work);
  const largest = Math.max(0, ...work.map(typedLines));
  const first = work.filter(withinLimit(firstShare * total));
  const heldOut = work.filter((document) => !first.includes(document));
  const hasEnough = Math.min(first.length, heldOut.length) >= minGroups;
  return hasEnough && largest <= maxDocumentShare * total
    ? { first, heldOut, by: 'documents' }
    : splitByRegions(work, firstShare);
}

/** All typed lines of some documents. */
export function lineCountOf(documents: readonly TypedDocument[]): number {
  return documents.reduce((sum, document) => sum + typedLines(document), 0);
}

/** Whether a document finds room beside those that did before it. */
function withinLimit(maxLines: number): (document: TypedDocument) => boolean {
  let lines = 0;
  return (document) => {
    const isWithin = lines + typedLines(document) <= maxLines;
    if (isWithin) lines += typedLines(document);
    return isWithin;
  };
}

function splitByRegions(work: readonly TypedDocument[], firstShare: number): SplitWork {
  const cut = work.map((document) => cutDocument(document, Math.round(firstShare * typedLines(document))));
  const typed = (part: 'first' | 'heldOut'): TypedDocument[] =>
    cut.map((parts) => parts[part]).filter((document) => typedLines(document) > 0);
  return { first: typed('first'), heldOut: typed('heldOut'), by: 'regions' };
}

/** A document up to so many typed lines, and from there on. */
function cutDocument(document: TypedDocument, lines: number): Record<'first' | 'heldOut', TypedDocument> {
  const [above, below]: [TypedRegion[], TypedRegion[]] = [[], []];
  let left = lines;
  for (const region of document.regions) {
    const [head, tail] = cutRegion(region, left);
    left -= linesOf(region.typedText).length;
    if (head !== undefined) above.push(head);
    if (tail !== undefined) below.push(tail);
  }
  const first = { ...document, regions: above };
  return { first, heldOut: { ...document, before: writtenText(first), regions: below } };
}

/** A region up to so many typed lines, where there are any, and the rest of it, where there is one. */
function cutRegion(region: TypedRegion, lines: number): [TypedRegion | undefined, TypedRegion | undefined] {
  const typed = linesOf(region.typedText);
  if (lines >= typed.length && lines > 0) return [region, undefined];
  if (lines <= 0) return [undefined, region];
  const head = typed.slice(0, lines).join('');
  const tail = {
    offset: region.offset + head.length,
    deletedChars: 0,
    typedText: typed.slice(lines).join(''),
  };
  return [{ ...region, typedText: head }, tail];
}

/** What stands in a document when all of its regions are written. */
export function writtenText({ before, regions }: Pick<TypedDocument, 'before' | 'regions'>): string {
  return regions.reduce(
    (text, { offset, deletedChars, typedText }) =>
      text.slice(0, offset) + typedText + text.slice(offset + deletedChars),
    before,
  );
}
