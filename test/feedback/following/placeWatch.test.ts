import { expect, it } from 'vitest';
import type { Clock } from '../../../src/completion/clock.ts';
import type { CompletionId } from '../../../src/completion/completion.ts';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { Place } from '../../../src/feedback/following/place.ts';
import { PlaceWatch } from '../../../src/feedback/following/placeWatch.ts';

const text = 'foo(bar)';
const minuteMs = 60_000;

/** A place where all of a completion stands, watched by a clock whose time of day may be set. */
class Watched {
  readonly timers = new VirtualClock(1_000_000);
  readonly looks: string[] = [];
  #aheadMs = 0;

  constructor() {
    const id = 'c1' as CompletionId;
    const asked = { atMs: 0, documentUri: 'file:///a.ts', languageId: 'typescript', offset: 0 };
    const place = new Place({
      asked: { ...asked, prefix: '', suffix: '' },
      answer: { id, text, replacedChars: 0 },
      typedText: text,
      isPromptsEnd: true,
    });
    const sink = {
      addSurvival: (_: CompletionId, { afterMs }: { readonly afterMs: number }) => {
        this.looks.push(`${afterMs / 1000} s at ${(this.timers.nowMs() - 1_000_000) / 1000} s`);
      },
      setFinalText: () => undefined,
    };
    const clock: Clock = {
      nowMs: () => this.timers.nowMs() + this.#aheadMs,
      setTimer: (delayMs, action) => this.timers.setTimer(delayMs, action),
    };
    new PlaceWatch(place, text, sink, clock).start(clock.nowMs(), () => this.looks.push('end'));
  }

  setClockBy(ms: number): void {
    this.#aheadMs += ms;
  }
}

it.each([
  ['sleeps for a night, in which its timers stand still', 9 * 60 * minuteMs],
  ['has its clock set back by an hour', -60 * minuteMs],
])('looks at its horizons of work where the machine %s', (_, setByMs) => {
  const watched = new Watched();
  watched.timers.advanceBy(5000);
  watched.setClockBy(setByMs);
  watched.timers.advanceBy(60 * minuteMs);
  expect(watched.looks).toEqual([
    ...['30 s at 30 s', '120 s at 120 s', '300 s at 300 s', '600 s at 600 s'],
    'end',
  ]);
});
