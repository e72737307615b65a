import type { Timer } from '../../completion/clock.ts';
import type { Completer } from '../../completion/completer.ts';
import type { CompletionId } from '../../completion/completion.ts';
import { RecentMap } from '../../completion/recentMap.ts';
import type { Survival } from '../../feedback/completionRecord.ts';
import type { EditorEvent } from '../../feedback/following/editorEvent.ts';
import { keptFromShare } from '../../feedback/following/labels.ts';
import type { OutcomeReport } from '../../feedback/storing/feedbackStore.ts';
import type { OutcomeListener } from './outcomeRelay.ts';

type Offered = Extract<EditorEvent, { kind: 'offered' }>;
type Written = Offered['completion']['written'];
type PolicyId = Offered['completion']['policyId'];
type OutcomeKind = OutcomeReport['outcome']['kind'];

/** What happened to completions since the window was opened. */
export interface SessionCounts {
  readonly shown: number;
  /** Accepted whole or in part, or typed by hand. */
  readonly accepted: number;
  /** Of the accepted: enough of it still stood there at the last look (`keptFromShare`). */
  readonly kept: number;
  /** Which policy wrote the last completion; absent before the first. */
  readonly policyId?: PolicyId;
  /** Of the last completions of that policy; absent before the first. */
  readonly medianLatencyMs?: number;
  /** Whether that is so long that it says something, of enough completions, and whoever waits loses the thread. */
  readonly isSlow?: boolean;
}

/** The completer, as far as it is told what becomes of completions. */
type OfferHearer = Pick<
  Completer,
  'noteRefused' | 'noteAccepted' | 'noteDismissed' | 'noteEdited' | 'noteRenamed'
>;

/** Completions that are remembered: what is shown now and whatever an outcome may still come for. */
const maxOffers = 500;

/** As many latencies as tell how it is now. */
export const recentLatencies = 20;

/** What one may wait for and stay in one's thoughts (Nielsen, Usability Engineering, 1993, chapter 5). */
const slowFromMs = 1000;

const agreements: readonly OutcomeKind[] = ['accepted', 'acceptedPartly', 'typedThrough'];
const refusals: readonly OutcomeKind[] = ['dismissed', 'typedOver'];

/**
 * The completions of this session: which one was offered last, how many were taken, and, for the
 * completer, what the user turned down.
 */
export class SessionOffers implements OutcomeListener {
  readonly #completer: OfferHearer;
  readonly #offers = new RecentMap<CompletionId, Offered>(maxOffers);
  readonly #accepted = new Set<CompletionId>();
  readonly #kept = new Set<CompletionId>();
  readonly #listeners = new Set<() => void>();
  /** Of the last completions of one policy. */
  #latenciesMs: number[] = [];
  #shown = 0;
  #last: Offered | undefined;
  #isLastShown = false;

  constructor(completer: OfferHearer) {
    this.#completer = completer;
  }

  /** The completion that was offered last; the one on the screen if there is any. */
  get lastId(): CompletionId | undefined {
    return this.#last?.completion.id;
  }

  /** The completion on the screen, as far as is heard. */
  get shownId(): CompletionId | undefined {
    return this.#isLastShown ? this.lastId : undefined;
  }

  /** Tells when a completion was put on the screen; `lastId` is its id then. */
  onOffered(listener: () => void): Timer {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  get counts(): SessionCounts {
    const median = medianOf(this.#latenciesMs);
    const isEnough = this.#latenciesMs.length === recentLatencies;
    const last = this.#last?.completion;
    return {
      shown: this.#shown,
      accepted: this.#accepted.size,
      kept: this.#kept.size,
      ...(last === undefined ? {} : { policyId: last.policyId }),
      ...(median === undefined ? {} : { medianLatencyMs: median, isSlow: isEnough && median > slowFromMs }),
    };
  }

  handle(event: EditorEvent): void {
    if (event.kind === 'dismissCommand') this.#completer.noteDismissed();
    if (event.kind === 'edited') this.#completer.noteEdited(event);
    if (event.kind === 'renamed') this.#completer.noteRenamed(event.documentUri, event.newUri);
    if (this.#last !== undefined && isEndOf(this.#last, event)) this.#isLastShown = false;
    if (event.kind !== 'offered' || event.isBehind === true) return;
    this.#offered(event);
    for (const listener of [...this.#listeners]) listener();
  }

  outcome({ id, outcome: { kind } }: OutcomeReport): void {
    const isAgreement = agreements.includes(kind);
    if (isAgreement && !this.#accepted.has(id)) this.#completer.noteAccepted();
    if (isAgreement) this.#accepted.add(id);
    else this.#accepted.delete(id);
    const offered = this.#offers.get(id);
    if (refusals.includes(kind) && offered !== undefined)
      this.#completer.noteRefused(offered.completion, offered);
  }

  survival(id: CompletionId, { survivalShare, isCheckedOut }: Survival): void {
    if (isCheckedOut === true) return;
    if (survivalShare >= keptFromShare) this.#kept.add(id);
    else this.#kept.delete(id);
  }

  #offered(event: Offered): void {
    const { id, written, policyId, latencyMs } = event.completion;
    if (policyId !== this.#last?.completion.policyId) this.#latenciesMs = [];
    this.#last = event;
    this.#isLastShown = true;
    const known = this.#offers.get(id);
    if (known === undefined || isLonger(written, known.completion.written)) this.#offers.set(id, event);
    if (known !== undefined) return;
    this.#shown += 1;
    this.#latenciesMs = [...this.#latenciesMs, latencyMs].slice(-recentLatencies);
  }
}

/** Whether what was offered is off the screen with this. */
function isEndOf({ documentUri, offset, completion }: Offered, event: EditorEvent): boolean {
  if (event.documentUri !== documentUri) return event.kind === 'cursorMoved';
  if (event.kind === 'notOffered') return event.noCompletion.reason !== 'cancelled';
  if (event.kind === 'cursorMoved') return event.offset !== offset;
  if (event.kind === 'acceptCommand') return event.part === 'all' && event.completionId === completion.id;
  return ['hidden', 'dismissCommand', 'closed'].includes(event.kind);
}

/** More of a completion was written than when it was offered first. */
function isLonger(written: Written, before: Written): boolean {
  return written.completionTokens.length > before.completionTokens.length;
}

function medianOf(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
