import { randomUUID } from 'node:crypto';
import type * as vscode from 'vscode';
import type { Clock } from '../../completion/clock.ts';
import type { Completer } from '../../completion/completer.ts';
import { maxPrefixChars } from '../../completion/prompt/context.ts';
import { CompletionTracker } from '../../feedback/following/completionTracker.ts';
import type { EditorEvent } from '../../feedback/following/editorEvent.ts';
import type { FeedbackSink } from '../../feedback/storing/feedbackStore.ts';
import type { ScreenedSink } from '../../feedback/storing/screenedSink.ts';
import type { StorageRules } from '../../feedback/storing/storable.ts';
import { TypingObserver } from '../../feedback/following/typingObserver.ts';
import { readOpenDocument } from '../typing/documentPlace.ts';
import { EditorEar } from '../typing/editorEar.ts';
import { Late } from '../late.ts';
import type { Logger } from '../logger.ts';
import type { Notices } from '../notices.ts';
import { OutcomeRelay } from '../typing/outcomeRelay.ts';
import { SessionOffers } from '../typing/sessionOffers.ts';
import { SharedLastEvent } from './sharedLastEvent.ts';
import { storageRulesOf } from './storageRules.ts';
import type { Settings } from '../settings/settings.ts';
import type { StoredCount } from '../status/statusText.ts';
import type { WindowStore } from './windowStore.ts';

/** What the feedback of a window needs. */
export interface WindowFeedbackOptions {
  readonly storePath: string;
  /** By which windows tell each other when something last happened. */
  readonly lastEventPath: string;
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
 *
 * The screen and the store are opened, and their code loaded, when something comes for them or `opened` is
 * asked for; what comes meanwhile waits in its order.
 */
export class WindowFeedback implements vscode.Disposable {
  readonly offers: SessionOffers;
  readonly #ear: EditorEar;
  readonly #sharedLastEvent: SharedLastEvent;
  readonly #store: Late<WindowStore>;
  readonly #settings: () => Settings;
  readonly #tracker: CompletionTracker;
  readonly #mayLearnHere: () => boolean;

  constructor(options: WindowFeedbackOptions) {
    const { storePath: path, settings, completer, clock, notices, log } = options;
    const limitBytes = (): number => settings()['store.limitMB'] * 1e6;
    const storageRules = (): StorageRules => this.storageRules();
    this.#store = new Late(async () => {
      const { WindowStore } = await import('./windowStore.ts');
      return new WindowStore({ path, limitBytes, storageRules, clock, notices, log });
    });
    this.#settings = settings;
    this.#mayLearnHere = options.mayLearnHere;
    this.offers = new SessionOffers(completer);
    const relay = new OutcomeRelay((tell) => this.#tellSink(tell), this.offers);
    this.#tracker = new CompletionTracker(relay, clock);
    const observer = new TypingObserver({
      sink: relay,
      readDocument: readOpenDocument,
      contextChars: maxPrefixChars,
      newId: randomUUID,
    });
    this.#ear = new EditorEar([this.offers, this.#tracker, observer], log);
    this.#sharedLastEvent = new SharedLastEvent(options.lastEventPath);
  }

  /** Takes what happens in the editors. */
  readonly handle = (event: EditorEvent): void => {
    if (event.kind === 'renamed') void this.#noteRenamed(event);
    this.#ear.handle(event);
    void this.#sharedLastEvent.note(event.atMs);
  };

  /** When something last happened in the editors of this window. */
  get lastEventMs(): number {
    return this.#ear.lastEventMs;
  }

  /** When something last happened in any window, to a minute; 0 where nobody knows. */
  lastEventAnywhereMs(): Promise<number> {
    return this.#sharedLastEvent.readMs();
  }

  /** The store, open. */
  opened(): Promise<WindowStore> {
    return this.#store.get();
  }

  /** How many records are stored; undefined as long as nobody opened the store. */
  get storedCount(): StoredCount | undefined {
    const opened = this.#store.made;
    return opened && (opened.records.count ?? 'noStore');
  }

  /** How many records came after a moment; 0 as long as nobody opened the store. */
  recordCountSince(sinceMs: number): number {
    return this.#store.made?.records.countSince(sinceMs) ?? 0;
  }

  /** Says that many records came or went at once. */
  forgetCount(): void {
    this.#store.made?.records.forgetCount();
  }

  /** Where records go now; undefined while nothing may or can be stored, and while the store is not open. */
  sink(): ScreenedSink | undefined {
    return this.#mayLearnHere() ? this.#store.made?.sink : undefined;
  }

  storageRules(): StorageRules {
    return storageRulesOf(this.#settings());
  }

  /** Resolves when all that was heard so far is stored. */
  async settled(): Promise<void> {
    if (this.#store.isNeeded) await (await this.#store.get()).settled();
  }

  /** Ends what is followed in this window, and resolves when all of it is stored. */
  async end(): Promise<void> {
    this.#tracker.dispose();
    await this.settled();
  }

  #tellSink(tell: (sink: FeedbackSink) => void): void {
    if (this.#mayLearnHere()) void this.#store.get().then(({ sink }) => sink && tell(sink));
  }

  async #noteRenamed({
    documentUri,
    newUri,
    atMs,
  }: Extract<EditorEvent, { kind: 'renamed' }>): Promise<void> {
    const opened = await this.opened();
    await opened.noteRenamed({ fromUri: documentUri, toUri: newUri, atMs });
  }

  dispose(): void {
    this.#tracker.dispose();
    if (this.#store.isNeeded) void this.#store.get().then((opened) => opened.dispose());
  }
}
