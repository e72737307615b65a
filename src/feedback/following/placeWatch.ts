import type { Clock, Timer } from '../../completion/clock.ts';
import type { FeedbackSink } from '../storing/feedbackStore.ts';
import type { Place } from './place.ts';
import { survivalHorizonsMs, survivalShare } from './survival.ts';

/** What a watch writes to. */
export type WatchSink = Pick<FeedbackSink, 'addSurvival' | 'setFinalText'>;

/**
 * Looks at a completion's place again at each of `survivalHorizonsMs`: how much of the accepted text
 * is still there, and what the user has written there in the end.
 *
 * It only reports what it sees. A place that was closed or lost meanwhile is not looked at again.
 */
export class PlaceWatch {
  readonly #place: Place;
  readonly #acceptedText: string | undefined;
  readonly #sink: WatchSink;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #writtenFinalText: string | undefined;

  /** @param acceptedText what the user took over at this place; absent when they took nothing. */
  constructor(place: Place, acceptedText: string | undefined, sink: WatchSink, clock: Clock) {
    this.#place = place;
    this.#acceptedText = acceptedText;
    this.#sink = sink;
    this.#clock = clock;
  }

  /**
   * Sets out the looks, counted from `sinceMs`; `onEnd` is called after the last one. From now on only time counts in
   * which the machine is awake: after a sleep nobody has changed anything yet. A clock that is set changes nothing either.
   */
  start(sinceMs: number, onEnd: () => void): void {
    this.#waitFor(0, Math.max(0, this.#clock.nowMs() - sinceMs), onEnd);
  }

  /** Writes down what stands at the place now, if it has settled and says anything. */
  noteFinalText(): void {
    if (this.#place.isCheckedOut) return;
    const finalText = this.#place.finalText(this.#clock.nowMs());
    if (finalText === undefined || finalText === this.#writtenFinalText) return;
    if (finalText.trim() === '' && this.#acceptedText === undefined) return;
    this.#writtenFinalText = finalText;
    this.#sink.setFinalText(this.#place.answer.id, finalText, this.#place.documentUri);
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  #waitFor(index: number, passedMs: number, onEnd: () => void): void {
    const afterMs = survivalHorizonsMs[index];
    if (afterMs === undefined || this.#place.isLost) {
      onEnd();
      return;
    }
    this.#timer = this.#clock.setTimer(Math.max(0, afterMs - passedMs), () => {
      this.#look(afterMs);
      this.#waitFor(index + 1, Math.max(afterMs, passedMs), onEnd);
    });
  }

  #look(afterMs: number): void {
    if (this.#place.isLost) return;
    if (this.#acceptedText !== undefined) {
      const share = survivalShare(this.#acceptedText, this.#place.text);
      const mark = this.#place.isCheckedOut ? { isCheckedOut: true as const } : {};
      this.#sink.addSurvival(this.#place.answer.id, { afterMs, survivalShare: share, ...mark });
    }
    this.noteFinalText();
  }
}
