import type { CompletionId } from '../../completion/completion.ts';
import { RecentMap } from '../../completion/recentMap.ts';
import type {
  CompletionRecord,
  DemonstrationRecord,
  RankingRecord,
  StoredRecord,
  Survival,
} from '../completionRecord.ts';
import type { AskedAt } from '../following/editorEvent.ts';
import type { FeedbackSink, FeedbackStore, GrownText, OutcomeReport } from './feedbackStore.ts';
import { holdsSecret } from './secrets.ts';
import { whyDocumentNotStorable, type NotStorableReason, type StorageRules } from './storable.ts';

/** What a screened sink writes to. */
export type ScreenedStore = Pick<
  FeedbackStore,
  keyof FeedbackSink | 'addRanking' | 'addAll' | 'countNotStored' | 'deleteRecords'
>;

/**
 * Records whose final text may still come: the last look is ten minutes after a completion, and
 * nobody is offered more than this in that time (three a second).
 */
const maxAwaited = 2000;

/**
 * How much of a record's context is kept for that time. A key is known by the name it is given to, which may
 * stand some lines above, and by the quotes around it, of which the editor puts one behind the cursor.
 */
const keptChars = { before: 300, behind: 100 };

/** Where a text was written, as far as it says whether the text may be kept. */
type WrittenAt = Pick<AskedAt, 'documentUri' | 'prefix' | 'suffix' | 'instruction'>;

/** The end of what stands before a record's cursor, and the beginning of what stands behind it. */
type Surroundings = Pick<WrittenAt, 'prefix' | 'suffix'>;

/** What the user lets Attune keep, asked anew for each record, because settings change. */
export type CurrentStorageRules = () => StorageRules;

/**
 * Keeps from the store what may not be stored, and passes on the rest in the order it came.
 *
 * A secret anywhere in a record drops the record as a whole, context included: a record with its
 * secret cut out would teach a prompt that never was. What is reported later of a dropped record
 * falls away with it, and so does the record of a completion that grows a secret, or grows where nothing is stored by
 * then. A final text like that is left out alone.
 *
 * Screening reads files and takes a millisecond or so, hence the queue: the caller never waits.
 * What is still in the queue when the process is killed is lost; `settled` waits for it.
 */
export class ScreenedSink implements FeedbackSink {
  readonly #store: ScreenedStore;
  readonly #rules: CurrentStorageRules;
  readonly #onProblem: (problem: unknown) => void;
  /** Of the records kept, those that more may be reported of. */
  readonly #surroundings = new RecentMap<CompletionId, Surroundings>(maxAwaited);
  #queue: Promise<void> = Promise.resolve();

  /** @param onProblem called with what the store throws; the records after it are tried all the same. */
  constructor(store: ScreenedStore, rules: CurrentStorageRules, onProblem: (problem: unknown) => void) {
    this.#store = store;
    this.#rules = rules;
    this.#onProblem = onProblem;
  }

  addCompletion(record: CompletionRecord): void {
    this.#enqueue(() =>
      this.#screen(record, [record.text], () => {
        this.#store.addCompletion(record);
        this.#await(record);
      }),
    );
  }

  addDemonstration(record: DemonstrationRecord): void {
    this.#enqueue(() => this.#screen(record, [record.text], () => this.#store.addDemonstration(record)));
  }

  addRanking(record: RankingRecord): void {
    const texts = textsOf({ kind: 'ranking', record });
    this.#enqueue(() => this.#screen(record, texts, () => this.#store.addRanking(record)));
  }

  /**
   * Keeps the records of one answer, all or none of them. Resolves when that is done, to why they may not be kept;
   * undefined when they are. Rejects with what the store throws: whoever gave an answer waits for it.
   */
  addAnswer(records: readonly StoredRecord[]): Promise<NotStorableReason | undefined> {
    const kept = this.#queue.then(() => this.#keepAnswer(records));
    this.#queue = kept.then(
      () => undefined,
      () => undefined,
    );
    return kept;
  }

  growCompletion(grown: GrownText, documentUri: string): void {
    this.#enqueue(async () => {
      const around = this.#surroundings.get(grown.id);
      if (around === undefined) return;
      const reason = await whyNotStorable({ documentUri, ...around }, [grown.text], this.#rules());
      if (reason === undefined) this.#store.growCompletion(grown);
      else this.#drop(grown.id, reason);
    });
  }

  setOutcome(report: OutcomeReport): void {
    this.#enqueue(() => this.#store.setOutcome(report));
  }

  addSurvival(id: CompletionId, survival: Survival): void {
    this.#enqueue(() => this.#store.addSurvival(id, survival));
  }

  setFinalText(id: CompletionId, finalText: string, documentUri: string): void {
    this.#enqueue(async () => {
      const around = this.#surroundings.get(id);
      if (around === undefined) return;
      await this.#screen({ documentUri, ...around }, [finalText], () =>
        this.#store.setFinalText(id, finalText),
      );
    });
  }

  countNothingOffered(reason: string): void {
    this.#enqueue(() => this.#store.countNothingOffered(reason));
  }

  /** Resolves when all that was handed in so far is stored or dropped. */
  settled(): Promise<void> {
    return this.#queue;
  }

  #drop(id: CompletionId, reason: NotStorableReason): void {
    this.#store.deleteRecords([id]);
    this.#store.countNotStored(reason);
    this.#surroundings.delete(id);
  }

  #await({ id, prefix, suffix }: CompletionRecord): void {
    this.#surroundings.set(id, {
      prefix: prefix.slice(-keptChars.before),
      suffix: suffix.slice(0, keptChars.behind),
    });
  }

  #enqueue(work: () => void | Promise<void>): void {
    this.#queue = this.#queue.then(work).catch(this.#onProblem);
  }

  async #keepAnswer(records: readonly StoredRecord[]): Promise<NotStorableReason | undefined> {
    for (const stored of records) {
      const reason = await whyNotStorable(stored.record, textsOf(stored), this.#rules());
      if (reason === undefined) continue;
      this.#store.countNotStored(reason);
      return reason;
    }
    this.#store.addAll(records);
    return undefined;
  }

  async #screen(written: WrittenAt, texts: readonly string[], store: () => void): Promise<void> {
    const reason = await whyNotStorable(written, texts, this.#rules());
    if (reason === undefined) store();
    else this.#store.countNotStored(reason);
  }
}

/** All that was written, offered or given at a record's cursor. */
export function textsOf({ kind, record }: StoredRecord): string[] {
  switch (kind) {
    case 'completion':
      return [record.text, record.finalText ?? ''];
    case 'ranking':
      return [...record.alternatives.map(({ text }) => text), record.ownText ?? ''];
    case 'demonstration':
      return [record.text];
    case 'imported':
      return Object.values(record.example).filter((value) => typeof value === 'string');
  }
}

/** Why texts written at one cursor may not be kept; undefined when they may. */
export async function whyNotStorable(
  { documentUri, prefix, suffix, instruction }: WrittenAt,
  texts: readonly string[],
  rules: StorageRules,
): Promise<NotStorableReason | undefined> {
  const reason = await whyDocumentNotStorable(documentUri, rules);
  if (reason !== undefined) return reason;
  for (const text of new Set(texts)) {
    const seen = `${instruction ?? ''}\n${prefix}${text}${suffix}`;
    if (await holdsSecret(seen)) return 'secretInText';
  }
  return undefined;
}
