import type { CompletionId } from '../../completion/completion.ts';
import type {
  CompletionRecord,
  Correction,
  DemonstrationRecord,
  ImportedRecord,
  RankingRecord,
  StoredRecord,
  Survival,
} from '../completionRecord.ts';
import type { DocumentName, Renaming } from '../files/documentNames.ts';
import type { CompletionOutcome, OutcomeEvidence } from '../following/outcome.ts';

/** How a completion ended, as the tracker reports it. A second report of the same id replaces the first. */
export interface OutcomeReport {
  readonly id: CompletionId;
  readonly outcome: CompletionOutcome;
  readonly evidence: OutcomeEvidence;
  readonly shownMs: number;
}

/** A completion that was shown line by line: what it is since more of it was shown. */
export type GrownText = Pick<CompletionRecord, 'id' | 'text'> & Required<Pick<CompletionRecord, 'written'>>;

/** What the store holds, as counts. */
export interface FeedbackCounts {
  readonly completions: number;
  readonly rankings: number;
  readonly demonstrations: number;
  readonly imported: number;
  /** Completions by the kind of their outcome. */
  readonly outcomes: Readonly<Partial<Record<CompletionOutcome['kind'], number>>>;
  /** Times nothing was offered, by reason; also those where the policy was never asked. */
  readonly nothingOffered: Readonly<Record<string, number>>;
  /** Records that may not be stored and never were, by reason (see `whyDocumentNotStorable` and `holdsSecret`). */
  readonly notStored: Readonly<Record<string, number>>;
  /** Stored records that cannot be read, as far as any were read; they stay where they are. */
  readonly damaged: number;
}

/** A place in the list of all records by age: `rowNumber` tells those of the same moment apart. */
export interface RecordPlace {
  readonly atMs: number;
  readonly rowNumber: number;
}

/** Some neighbouring records, newest first. */
export interface RecordPage {
  readonly records: readonly StoredRecord[];
  /** Where older ones go on; undefined when there are none. */
  readonly next: RecordPlace | undefined;
}

/** The reading side: what training and the user see. All lists are in order of time. */
export interface FeedbackReader {
  completions(): CompletionRecord[];
  rankings(): RankingRecord[];
  demonstrations(): DemonstrationRecord[];
  imported(): ImportedRecord[];
  /** The newest `limit` records of any kind before a place, without those that are damaged. */
  newest(limit: number, before?: RecordPlace): RecordPage;
  /** One record of any kind; undefined when it is not stored or damaged. */
  find(id: string): StoredRecord | undefined;
  counts(): FeedbackCounts;
  /** How many records there are, damaged ones among them: at once however much is stored. */
  recordCount(): number;
  /** How many of them came after a moment: imported ones count by when they came in. */
  recordCountSince(sinceMs: number): number;
  /** What documents that have records were called before, in order of time. */
  renamings(): Renaming[];
  /** The names of the file whose records a document's are: its own, and those that it had before. */
  namesOf(documentUri: string): DocumentName[];
  /** `FeedbackCounts.notStored` alone, at once however much is stored. */
  notStored(): FeedbackCounts['notStored'];
}

/**
 * The writing side that the tracker needs: it adds and completes records and never reads or deletes one. Text that
 * comes later is told with its document of that time, which may have got another name, or may be stored no more.
 */
export interface FeedbackSink extends Pick<
  FeedbackStore,
  'addCompletion' | 'addDemonstration' | 'setOutcome' | 'addSurvival' | 'countNothingOffered'
> {
  growCompletion(grown: GrownText, documentUri: string): void;
  setFinalText(id: CompletionId, finalText: string, documentUri: string): void;
}

/** Where feedback is kept. Each call is one transaction: it happened whole or not at all. */
export interface FeedbackStore extends FeedbackReader {
  /** Keeps a record; one whose id is known already changes nothing. The same for those below. */
  addCompletion(record: CompletionRecord): void;
  addRanking(record: RankingRecord): void;
  addDemonstration(record: DemonstrationRecord): void;
  /** Keeps records of any kind, all or none of them. Gives how many were not kept yet. */
  addAll(records: readonly StoredRecord[]): number;
  /** Sets what the user says of a stored completion; undefined takes it back. */
  correct(id: CompletionId, correction: Correction | undefined): void;
  /** Sets the text of a stored completion of which more was shown than its record says. */
  growCompletion(grown: GrownText): void;
  /** Sets the outcome of a stored completion. An id that is not stored changes nothing: it was forgotten. */
  setOutcome(report: OutcomeReport): void;
  /** Adds a measurement; one of the same horizon replaces the first. */
  addSurvival(id: CompletionId, survival: Survival): void;
  setFinalText(id: CompletionId, finalText: string): void;
  /** Notes that a file, or a folder with all in it, got another name; one without records is not noted. */
  noteRenamed(renaming: Renaming): void;
  countNothingOffered(reason: string): void;
  countNotStored(reason: string): void;
  /** Forgets these, all or none of them. Gives how many there were. */
  deleteRecords(ids: readonly string[]): number;
  /** Forgets all that came from one document, of a notebook's cell from the whole notebook, also under the names that it had before. Gives how many records that were. */
  forgetDocument(documentUri: string): number;
  /**
   * Forgets the oldest records until the rest takes at most so many bytes. Gives how many went. Their room
   * on the disk is used again, and given back only by `forgetEverything`.
   */
  keepWithin(maxBytes: number): number;
  /** Forgets everything and gives the disk space back. */
  forgetEverything(): void;
  close(): void;
}
