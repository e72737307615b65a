import type { RelatedCode } from '../completion.ts';
import { normaliseContext, normaliseText } from './context.ts';

/** A file of the project, as it was read last. */
export interface CodeFile {
  readonly documentUri: string;
  /** Relative to its project, with `/`. */
  readonly path: string;
  /** With `\n` for its line ends. */
  readonly text: string;
}

/**
 * Of all files of a project together, in characters. The 317 newest files of this project have as many: they take 13 MB, and
 * are looked through for a place in half a millisecond in the median, 1.7 at the 99th percentile.
 */
export const maxProjectChars = 1_000_000;

/** A cursor in a document as it is now, saved or not. Line ends are `\n`. */
export interface RelatedPlace {
  readonly documentUri: string;
  readonly path: string;
  /** All of the document. */
  readonly documentText: string;
  readonly prefix: string;
  readonly suffix: string;
  /** Characters before the cursor that the prompt shows in any case. */
  readonly shownChars: number;
}

/** A function or two; a definition with its use is seldom longer. */
const pieceLines = 16;

/** Each piece begins in the middle of the one before, so that whatever stands together is together in one. */
const pieceStep = 8;

/** Names within so many characters of the cursor say what is being written. */
const nearBefore = 700;
const nearBehind = 200;

/** More than the prompt has room for (`maxRelatedTokens`), for whoever cuts by tokens to choose from. */
const maxPieces = 12;

/** A longer document is not looked through itself: that would take milliseconds while one types. */
const maxOwnChars = 65_536;

/** A name in more than this share of the pieces tells none from another; in a small project it may stand in a few all the same. */
const commonShare = 1 / 10;
const fewPieces = 8;

/** Rarer names say more and stand in fewer pieces: with all of them a large project would take milliseconds a key. */
const maxNames = 32;

/** Names count less in a piece with many: it would be like everything. Added, so that a line or two do not win by being short. */
const shortPieceNames = 8;

/** A name that stands in few pieces. */
interface RareName {
  readonly name: string;
  readonly pieces: ReadonlySet<Piece>;
  readonly rarity: number;
}

const nowhere: ReadonlySet<Piece> = new Set();

interface Piece {
  readonly file: CodeFile;
  readonly line: number;
  readonly text: string;
  readonly names: ReadonlySet<string>;
}

/**
 * The code of a project in pieces of some lines, by the names in them. Those are chosen for a place that share with it
 * names which are rare in the project (inverse document frequency, Spärck Jones 1972; the repository context of
 * RepoCoder, arXiv:2303.12570, with names in place of embeddings).
 */
export class CodeIndex {
  readonly #files = new Map<string, readonly Piece[]>();
  readonly #piecesByName = new Map<string, Set<Piece>>();
  #pieceCount = 0;

  /** Takes a file in, or as it is now. */
  set(file: CodeFile): void {
    this.delete(file.documentUri);
    const pieces = piecesOf(file);
    this.#files.set(file.documentUri, pieces);
    this.#pieceCount += pieces.length;
    for (const piece of pieces) for (const name of piece.names) this.#piecesOf(name).add(piece);
  }

  delete(documentUri: string): void {
    const pieces = this.#files.get(documentUri) ?? [];
    for (const piece of pieces) for (const name of piece.names) this.#dropFrom(name, piece);
    this.#pieceCount -= pieces.length;
    this.#files.delete(documentUri);
  }

  /** What is most like a place, best first, none twice; nothing where nothing shares a rare name with it. */
  choose(place: RelatedPlace): RelatedCode['pieces'] {
    const chosen: Piece[] = [];
    for (const piece of this.#ranked(place)) {
      if (chosen.length === maxPieces) break;
      if (!chosen.some((other) => overlap(other, piece)) && !isShown(piece, place)) chosen.push(piece);
    }
    return chosen.map(({ file, text }) => ({ path: file.path, text }));
  }

  /** The pieces that share a rare name with a place, the most alike first. Of its document they are those of now. */
  #ranked({ prefix, suffix, documentUri, path, documentText }: RelatedPlace): Piece[] {
    const shared = new Map<Piece, number>();
    const share = (piece: Piece, rarity: number): void =>
      void shared.set(piece, (shared.get(piece) ?? 0) + rarity);
    const names = this.#rarest(namesIn(prefix.slice(-nearBefore) + suffix.slice(0, nearBehind)));
    for (const { pieces, rarity } of names)
      for (const piece of pieces) if (piece.file.documentUri !== documentUri) share(piece, rarity);
    const own = documentText.length <= maxOwnChars ? documentText : '';
    for (const piece of piecesOf({ documentUri, path, text: own }))
      for (const { name, rarity } of names) if (piece.names.has(name)) share(piece, rarity);
    return Array.from(shared, ([piece, rarity]) => ({ piece, likeness: likenessOf(piece, rarity) }))
      .sort((a, b) => b.likeness - a.likeness)
      .map(({ piece }) => piece);
  }

  /** The rarest of some names that tell some pieces from others, with the pieces that have them. */
  #rarest(names: ReadonlySet<string>): RareName[] {
    const most = Math.max(fewPieces, commonShare * this.#pieceCount);
    return Array.from(names, (name) => ({ name, pieces: this.#piecesByName.get(name) ?? nowhere }))
      .filter(({ pieces }) => pieces.size <= most)
      .sort((a, b) => a.pieces.size - b.pieces.size)
      .slice(0, maxNames)
      .map((rare) => ({ ...rare, rarity: Math.log((this.#pieceCount + 1) / (rare.pieces.size + 1)) }))
      .filter(({ rarity }) => rarity > 0);
  }

  #dropFrom(name: string, piece: Piece): void {
    const pieces = this.#piecesByName.get(name);
    pieces?.delete(piece);
    if (pieces?.size === 0) this.#piecesByName.delete(name);
  }

  #piecesOf(name: string): Set<Piece> {
    const pieces = this.#piecesByName.get(name) ?? new Set<Piece>();
    this.#piecesByName.set(name, pieces);
    return pieces;
  }
}

function likenessOf({ names }: Piece, sharedRarity: number): number {
  return sharedRarity / Math.sqrt(names.size + shortPieceNames);
}

function piecesOf(file: CodeFile): Piece[] {
  const lines = file.text.split('\n');
  const starts = Array.from({ length: Math.ceil(lines.length / pieceStep) }, (_, i) => i * pieceStep);
  return starts
    .map((line) => {
      const text = lines.slice(line, line + pieceLines).join('\n');
      return { file, line, text, names: namesIn(text) };
    })
    .filter(({ names }) => names.size > 0);
}

/** Names and words of three characters and more. */
function namesIn(text: string): Set<string> {
  return new Set(text.match(/[\p{L}_$][\p{L}\p{N}_$]{2,}/gu));
}

function overlap(a: Piece, b: Piece): boolean {
  return a.file === b.file && Math.abs(a.line - b.line) < pieceLines;
}

/** Whether a piece is of the document itself and stands around the cursor, or a part of it does. */
function isShown({ file, text }: Piece, { documentUri, prefix, suffix, shownChars }: RelatedPlace): boolean {
  if (file.documentUri !== documentUri) return false;
  const [above, below] = [prefix.slice(-shownChars), suffix.slice(0, shownChars / 4)];
  const piece = text.trim();
  const ends = [piece.slice(0, recognisedChars), piece.slice(-recognisedChars)];
  return ends.some((end) => above.includes(end) || below.includes(end));
}

/** So much of either end of a piece is looked for around the cursor. */
const recognisedChars = 80;

/** Code has 3 to 4 characters a token; the less are shown anyway, the sooner a piece is shown twice. */
const charsPerToken = 3;

/**
 * What is related to a place, as a request tells it.
 *
 * @param place with whatever line ends its document has.
 */
export function relatedAt(
  index: Pick<CodeIndex, 'choose'>,
  place: Omit<RelatedPlace, 'shownChars'>,
  maxPromptTokens: number,
): RelatedCode {
  const documentText = normaliseText(place.documentText);
  const shownChars = maxPromptTokens * charsPerToken;
  const pieces = index.choose({ ...place, ...normaliseContext(place), documentText, shownChars });
  return { path: place.path, pieces };
}
