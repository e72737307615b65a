import { isNamed, type DocumentName } from '../../feedback/files/documentNames.ts';
import type { FeedbackStore, RecordPlace } from '../../feedback/storing/feedbackStore.ts';
import type { Lesson } from '../../report/lessons.ts';
import type { EntryGroup } from '../../report/entryGroups.ts';
import { entryOf, type StoredEntry } from '../../report/storedEntry.ts';

/** Which rows are wanted. */
export interface EntryQuery {
  /**
   * Words that must all occur in what a row shows and its document, whatever their case, and of a record in all of its texts;
   * '' wants all.
   */
  readonly search: string;
  readonly group: EntryGroup | 'all' | 'corrected' | 'demonstrations' | 'preferences';
  /** A multiple of the limit; where fewer fit, the last part is given. */
  readonly offset: number;
  readonly limit: number;
}

/** An entry, or one of the things that a retraining makes of it. */
export interface EntryRow {
  readonly entry: StoredEntry;
  /** Which of the entry's lessons; absent where the row is the entry itself. */
  readonly lessonIndex?: number;
}

/** A part of the rows that fit. */
export interface EntryPage {
  readonly rows: readonly EntryRow[];
  /** Of the first of them. */
  readonly offset: number;
  /** How many fit in all. */
  readonly matching: number;
  /** How many there are of their kind. */
  readonly total: number;
}

/** Records read at a time: with 15 KB each, and what is learned from them, that is about a millisecond, which nobody feels while typing. */
const recordsAtOnce = 5;

/**
 * All that is stored, newest first, as entries in memory: reading 50,000 records takes seconds, searching
 * their entries milliseconds. They are read piece by piece, so that the editor goes on meanwhile.
 */
export class StoredEntries {
  readonly #store: Pick<FeedbackStore, 'newest'>;
  #entries: StoredEntry[] = [];
  #reading = 0;
  /** What the reading that goes on has read so far. */
  #read: StoredEntry[] = [];

  constructor(store: Pick<FeedbackStore, 'newest'>) {
    this.#store = store;
  }

  /**
   * Reads the store anew. A second call ends the first, which then gives false.
   *
   * @param rest awaited between two pieces.
   * @param onProgress called after each piece with what is known; entries from before count until the end.
   */
  async read(rest: () => Promise<void>, onProgress: () => void): Promise<boolean> {
    const reading = (this.#reading += 1);
    const isFirst = this.#entries.length === 0;
    this.#read = [];
    let before: RecordPlace | undefined;
    do {
      const page = this.#store.newest(recordsAtOnce, before);
      this.#read.push(...page.records.map(entryOf));
      before = page.next;
      if (isFirst) this.#entries = this.#read;
      onProgress();
      await rest();
      if (reading !== this.#reading) return false;
    } while (before !== undefined);
    this.#entries = this.#read;
    return true;
  }

  page({ search, group, offset, limit }: EntryQuery): EntryPage {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const all = this.#rowsOf(group);
    const matching = all.filter((row) => isIn(row.entry, group) && hasAll(row, words));
    const last = Math.max(0, matching.length - 1);
    const from = Math.min(offset, last - (last % limit));
    return {
      rows: matching.slice(from, from + limit),
      offset: from,
      matching: matching.length,
      total: all.length,
    };
  }

  #rowsOf(group: EntryQuery['group']): EntryRow[] {
    const kind = lessonKinds[group];
    if (kind === undefined) return this.#entries.map((entry) => ({ entry }));
    return this.#entries.flatMap((entry) =>
      entry.lessons.flatMap((lesson, lessonIndex) => (lesson.kind === kind ? [{ entry, lessonIndex }] : [])),
    );
  }

  ofDocument(names: readonly DocumentName[]): StoredEntry[] {
    return this.#entries.filter((entry) => isNamed(names, entry));
  }

  /** Those of the same day, in the time zone of this machine. */
  ofDay(atMs: number): StoredEntry[] {
    const day = new Date(atMs).toDateString();
    return this.#entries.filter((entry) => new Date(entry.atMs).toDateString() === day);
  }

  /** Takes what is no longer stored out at once. */
  drop(ids: readonly string[]): void {
    const dropped = new Set(ids);
    this.#change((entries) => entries.filter(({ id }) => !dropped.has(id)));
  }

  /** Puts what a record has become in its place. */
  replace(entry: StoredEntry): void {
    this.#change((entries) => entries.map((known) => (known.id === entry.id ? entry : known)));
  }

  /** Also what was read before the store changed, by a reading that goes on. */
  #change(change: (entries: StoredEntry[]) => StoredEntry[]): void {
    this.#entries = change(this.#entries);
    this.#read = change(this.#read);
  }
}

/** The groups that are no groups of records. */
const lessonKinds: Readonly<Partial<Record<EntryQuery['group'], Lesson['kind']>>> = {
  demonstrations: 'demonstration',
  preferences: 'preference',
};

function isIn(entry: StoredEntry, group: EntryQuery['group']): boolean {
  if (group === 'all' || lessonKinds[group] !== undefined) return true;
  return group === 'corrected' ? entry.isCorrected : entry.group === group;
}

function hasAll({ entry, lessonIndex }: EntryRow, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const lesson = lessonIndex === undefined ? undefined : entry.lessons[lessonIndex];
  const told = lesson === undefined ? [entry.wholeText, entry.fate] : textsOf(lesson);
  const searched = [entry.documentUri, ...told].join('\n').toLowerCase();
  return words.every((word) => searched.includes(word));
}

function textsOf(lesson: Lesson): readonly string[] {
  const texts = lesson.kind === 'preference' ? [lesson.better, lesson.worse] : [lesson.text];
  return [...texts, lesson.why.sentence];
}
