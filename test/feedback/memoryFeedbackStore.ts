import type { CompletionId } from '../../src/completion/completion.ts';
import { withCorrection } from '../../src/feedback/completionRecord.ts';
import type {
  CompletionRecord,
  Correction,
  DemonstrationRecord,
  ImportedRecord,
  RankingRecord,
  StoredRecord,
  Survival,
} from '../../src/feedback/completionRecord.ts';
import {
  isNamed,
  namesOf,
  type DocumentName,
  type Renaming,
} from '../../src/feedback/files/documentNames.ts';
import type {
  FeedbackCounts,
  FeedbackStore,
  GrownText,
  OutcomeReport,
  RecordPage,
  RecordPlace,
} from '../../src/feedback/storing/feedbackStore.ts';
import { isAtOrBelow } from '../../src/feedback/files/fileOf.ts';

/** A feedback store in plain maps: what the tracker is tested with, and the model of the real store. */
export class MemoryFeedbackStore implements FeedbackStore {
  #records = new Map<string, StoredRecord>();
  #nothingOffered: Record<string, number> = {};
  #notStored: Record<string, number> = {};
  #renamings: Renaming[] = [];

  completions(): CompletionRecord[] {
    return this.#sorted().flatMap((entry) => (entry.kind === 'completion' ? [entry.record] : []));
  }

  rankings(): RankingRecord[] {
    return this.#sorted().flatMap((entry) => (entry.kind === 'ranking' ? [entry.record] : []));
  }

  demonstrations(): DemonstrationRecord[] {
    return this.#sorted().flatMap((entry) => (entry.kind === 'demonstration' ? [entry.record] : []));
  }

  imported(): ImportedRecord[] {
    return this.#sorted().flatMap((entry) => (entry.kind === 'imported' ? [entry.record] : []));
  }

  /** A row's number is its place in the order of insertion, counted from 1. */
  newest(limit: number, before: RecordPlace = { atMs: Infinity, rowNumber: 0 }): RecordPage {
    const rowNumbers = new Map([...this.#records.keys()].map((id, index) => [id, index + 1]));
    const rows = this.#sorted()
      .map((entry) => ({
        entry,
        atMs: entry.record.atMs,
        rowNumber: rowNumbers.get(entry.record.id) ?? 0,
      }))
      .filter(
        ({ atMs, rowNumber }) => atMs < before.atMs || (atMs === before.atMs && rowNumber < before.rowNumber),
      )
      .toReversed()
      .slice(0, limit);
    const last = rows.length < limit ? undefined : rows.at(-1);
    return {
      records: rows.map(({ entry }) => entry),
      next: last && { atMs: last.atMs, rowNumber: last.rowNumber },
    };
  }

  find(id: string): StoredRecord | undefined {
    return this.#records.get(id);
  }

  recordCount(): number {
    return this.#records.size;
  }

  recordCountSince(sinceMs: number): number {
    return this.#sorted().filter(({ record }) => {
      const importedAtMs = 'importedAtMs' in record ? record.importedAtMs : 0;
      return Math.max(record.atMs, importedAtMs) > sinceMs;
    }).length;
  }

  counts(): FeedbackCounts {
    const outcomes: Record<string, number> = {};
    const nothingOffered = { ...this.#nothingOffered };
    for (const { outcome, noCompletionReason } of this.completions()) {
      if (outcome !== undefined) increment(outcomes, outcome.kind);
      if (noCompletionReason !== undefined) increment(nothingOffered, noCompletionReason);
    }
    return {
      completions: this.completions().length,
      rankings: this.rankings().length,
      demonstrations: this.demonstrations().length,
      imported: this.imported().length,
      outcomes,
      nothingOffered,
      notStored: { ...this.#notStored },
      damaged: 0,
    };
  }

  notStored(): FeedbackCounts['notStored'] {
    return { ...this.#notStored };
  }

  addCompletion(record: CompletionRecord): void {
    this.#add({ kind: 'completion', record });
  }

  addRanking(record: RankingRecord): void {
    this.#add({ kind: 'ranking', record });
  }

  addDemonstration(record: DemonstrationRecord): void {
    this.#add({ kind: 'demonstration', record });
  }

  addAll(records: readonly StoredRecord[]): number {
    const before = this.recordCount();
    for (const record of records) this.#add(record);
    return this.recordCount() - before;
  }

  correct(id: CompletionId, correction: Correction | undefined): void {
    this.#change(id, (record) => withCorrection(record, correction));
  }

  growCompletion({ id, ...grown }: GrownText): void {
    this.#change(id, (record) => ({ ...record, ...grown }));
  }

  setOutcome({ id, ...report }: OutcomeReport): void {
    this.#change(id, (record) => ({ ...record, ...report }));
  }

  addSurvival(id: CompletionId, survival: Survival): void {
    this.#change(id, (record) => {
      const others = record.survival.filter(({ afterMs }) => afterMs !== survival.afterMs);
      return { ...record, survival: [...others, survival].sort((a, b) => a.afterMs - b.afterMs) };
    });
  }

  setFinalText(id: CompletionId, finalText: string): void {
    this.#change(id, (record) => ({ ...record, finalText }));
  }

  noteRenamed(renaming: Renaming): void {
    const known = [
      ...this.#sorted().map(({ record }) => record.documentUri),
      ...this.#renamings.map(({ toUri }) => toUri),
    ];
    const isBelow = this.#renamings.some(({ toUri }) => isAtOrBelow(renaming.fromUri, toUri));
    if (isBelow || known.some((uri) => isAtOrBelow(uri, renaming.fromUri))) this.#renamings.push(renaming);
  }

  renamings(): Renaming[] {
    return this.#renamings.toSorted((a, b) => a.atMs - b.atMs);
  }

  namesOf(documentUri: string): DocumentName[] {
    return namesOf(documentUri, this.#renamings);
  }

  countNothingOffered(reason: string): void {
    increment(this.#nothingOffered, reason);
  }

  countNotStored(reason: string): void {
    increment(this.#notStored, reason);
  }

  deleteRecords(ids: readonly string[]): number {
    return ids.filter((id) => this.#records.delete(id)).length;
  }

  forgetDocument(documentUri: string): number {
    const names = this.namesOf(documentUri);
    const ids = this.#sorted().flatMap(({ record }) => (isNamed(names, record) ? record.id : []));
    for (const id of ids) this.#records.delete(id);
    this.#renamings = this.#renamings.filter(
      ({ fromUri, atMs }) => !isNamed(names, { documentUri: fromUri, atMs }),
    );
    return ids.length;
  }

  /** A map has no size on the disk: each record takes the characters of its JSON. */
  keepWithin(maxBytes: number): number {
    let count = 0;
    for (const entry of this.#sorted()) {
      if (JSON.stringify(this.#sorted()).length <= maxBytes) break;
      this.#records.delete(entry.record.id);
      count += 1;
    }
    return count;
  }

  forgetEverything(): void {
    this.#records.clear();
    this.#renamings = [];
    this.#nothingOffered = {};
    this.#notStored = {};
  }

  close(): void {
    this.#records.clear();
  }

  #add(entry: StoredRecord): void {
    if (!this.#records.has(entry.record.id)) this.#records.set(entry.record.id, entry);
  }

  #change(id: CompletionId, change: (record: CompletionRecord) => CompletionRecord): void {
    const entry = this.#records.get(id);
    if (entry?.kind === 'completion')
      this.#records.set(id, { kind: 'completion', record: change(entry.record) });
  }

  #sorted(): StoredRecord[] {
    return Array.from(this.#records.values()).sort((a, b) => a.record.atMs - b.record.atMs);
  }
}

function increment(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
