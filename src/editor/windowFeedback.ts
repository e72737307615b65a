import { randomUUID } from 'node:crypto';
import type * as vscode from 'vscode';
import type { Clock } from '../completion/clock.ts';
import type { Completer } from '../completion/completer.ts';
import { maxPrefixChars } from '../completion/context.ts';
import { CompletionTracker } from '../feedback/completionTracker.ts';
import type { EditorEvent } from '../feedback/editorEvent.ts';
import type { FeedbackStore } from '../feedback/feedbackStore.ts';
import { ScreenedSink } from '../feedback/screenedSink.ts';
import type { StorageRules } from '../feedback/storable.ts';
import { TypingObserver } from '../feedback/typingObserver.ts';
import { readOpenDocument } from './documentPlace.ts';
import { EditorEar } from './editorEar.ts';
import type { Logger } from './logger.ts';
import type { Notices } from './notices.ts';
import { openStore, tellStoreProblem } from './openStore.ts';
import { OutcomeRelay } from './outcomeRelay.ts';
import { SessionOffers } from './sessionOffers.ts';
import { storageRulesOf } from './storageRules.ts';
import type { Settings } from './settings.ts';
import { StoreLimit } from './storeLimit.ts';
import { StoredRecords } from './storedRecords.ts';

/** What the feedback of a window needs. */
export interface WindowFeedbackOptions {
  readonly storePath: string;
  readonly settings: () => Settings;
  /** Whether anything of this workspace may be stored. */
  readonly mayLearnHere: () => boolean;
  readonly completer: Completer;
  readonly clock: Clock;
  readonly notices: Notices;
  readonly log: Logger;
}

/**
 * Everything that listens to what the user does in one window, and the store it goes to:
 *
 *   editors ─> ear ─┬─> offers            counts, and what the completer should know
 *                   ├─> tracker  ─┐
 *                   └─> observer ─┴─> relay ─> screen ─> store
 */
export class WindowFeedback implements vscode.Disposable {
  /** Undefined when it cannot be had; all else works without it. */
  readonly store: FeedbackStore | undefined;
  readonly offers: SessionOffers;
  readonly records: StoredRecords;
  readonly #ear: EditorEar;
  readonly #screened: ScreenedSink | undefined;
  readonly #settings: () => Settings;
  readonly #tracker: CompletionTracker;
  readonly #mayLearnHere: () => boolean;
  readonly #limit: StoreLimit;
  readonly #notices: Notices;

  constructor(options: WindowFeedbackOptions) {
    const { storePath, settings, completer, clock, notices, log } = options;
    const store = openStore(storePath, clock.nowMs(), notices);
    const onProblem = (problem: unknown): void => tellStoreProblem(problem, notices);
    this.store = store;
    this.#notices = notices;
    this.records = new StoredRecords(store, clock, log);
    this.#settings = settings;
    this.#mayLearnHere = options.mayLearnHere;
    const limitBytes = (): number => settings()['store.limitMB'] * 1e6;
    const onTrimmed = (): void => this.records.forgetCount();
    this.#limit = new StoreLimit({ store, limitBytes, clock, log, onTrimmed });
    this.#screened = store && new ScreenedSink(store, () => this.storageRules(), onProblem);
    this.offers = new SessionOffers(completer);
    const relay = new OutcomeRelay(() => this.sink(), this.offers);
    this.#tracker = new CompletionTracker(relay, clock);
    const observer = new TypingObserver({
      sink: relay,
      readDocument: readOpenDocument,
      contextChars: maxPrefixChars,
      newId: randomUUID,
    });
    this.#ear = new EditorEar([this.offers, this.#tracker, observer], log);
  }

  /** Takes what happens in the editors. */
  readonly handle = (event: EditorEvent): void => {
    if (event.kind === 'renamed') void this.#noteRenamed(event);
    this.#ear.handle(event);
  };

  /** When something last happened in the editors. */
  get lastEventMs(): number {
    return this.#ear.lastEventMs;
  }

  /** Where records go now; undefined while nothing may or can be stored. */
  sink(): ScreenedSink | undefined {
    return this.#mayLearnHere() ? this.#screened : undefined;
  }

  storageRules(): StorageRules {
    return storageRulesOf(this.#settings());
  }

  /** Resolves when all that was heard so far is stored. */
  async settled(): Promise<void> {
    await this.#screened?.settled();
  }

  /** So that forgetting a file finds what was stored under the names it had before. */
  async #noteRenamed({
    documentUri,
    newUri,
    atMs,
  }: Extract<EditorEvent, { kind: 'renamed' }>): Promise<void> {
    try {
      await this.settled();
      this.store?.noteRenamed({ fromUri: documentUri, toUri: newUri, atMs });
    } catch (error) {
      tellStoreProblem(error, this.#notices);
    }
  }

  dispose(): void {
    this.#tracker.dispose();
    this.#limit.dispose();
    void this.settled().then(() => this.store?.close());
  }
}
