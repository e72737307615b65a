import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VirtualClock } from '../../src/completion/virtualClock.ts';
import type { CompletionRecord } from '../../src/feedback/completionRecord.ts';
import { CompletionTracker } from '../../src/feedback/following/completionTracker.ts';
import { labelOutcome } from '../../src/feedback/following/labels.ts';
import type { Place } from '../../src/feedback/following/place.ts';
import { MemoryFeedbackStore } from './memoryFeedbackStore.ts';
import { deeds, Typist, type Deed } from './typist.ts';

const deed: fc.Arbitrary<Deed> = fc.record({
  what: fc.constantFrom(...deeds),
  at: fc.nat(60),
  length: fc.constantFrom(0, 1, 1, 2, 5, 30),
  text: fc.constantFrom('foo', 'foo(bar)', 'return a;', '{\n  a\n}', 'x', ''),
});
const sequence = fc.array(fc.tuple(deed, fc.constantFrom(0, 40, 300, 1000, 6000, 40_000)), {
  minLength: 5,
  maxLength: 30,
});

const lineEnd = fc.constantFrom('\n', '\r\n');

/** A store that knows the document of now, and refuses a final text that does not stand in it. */
class CheckingStore extends MemoryFeedbackStore {
  readonly #typist: Typist;

  constructor(typist: Typist) {
    super();
    this.#typist = typist;
  }

  override setFinalText(id: CompletionRecord['id'], finalText: string): void {
    expect(this.#typist.text.replaceAll('\r', '')).toContain(finalText);
    super.setFinalText(id, finalText);
  }
}

it('keeps the invariants over 10,000 editing sequences: one outcome each, no range outside the text, nothing lost on close', () => {
  fc.assert(
    fc.property(sequence, lineEnd, fc.boolean(), (steps, end, closesWindow) => {
      const clock = new VirtualClock(1_000_000);
      const typist = new Typist(end);
      const store = new CheckingStore(typist);
      const tracker = new CompletionTracker(store, clock);
      for (const [next, waitMs] of steps) {
        clock.advanceBy(waitMs);
        for (const event of typist.do(next, clock.nowMs())) tracker.handle(event);
        for (const place of tracker.places) checkRanges(place, typist);
        expect(withoutOutcome(store, typist).length).toBeLessThanOrEqual(1);
      }
      if (closesWindow) tracker.dispose();
      else tracker.handle(typist.close(clock.nowMs()));
      expect(withoutOutcome(store, typist)).toEqual([]);
      clock.advanceBy(3_600_000);
      tracker.dispose();
      expect(clock.pendingTimers).toBe(0);
      expect(new Set(store.completions().map(({ id }) => id)).size).toBe(store.completions().length);
      for (const record of store.completions()) checkRecord(record, typist);
    }),
    { numRuns: 10_000 },
  );
}, 600_000);

/** Completions that were on the screen and have not ended as far as it is known. */
function withoutOutcome(store: MemoryFeedbackStore, typist: Typist): CompletionRecord[] {
  return store.completions().filter(({ id, outcome }) => typist.shown.has(id) && outcome === undefined);
}

/** What is followed lies in the document, and is what stands there. */
function checkRanges({ documentUri, ranges }: Place, { documentUri: uri, text: document }: Typist): void {
  expect(documentUri).toBe(uri);
  for (const { offset, text } of ranges) expect(document.slice(offset, offset + text.length)).toBe(text);
}

function checkRecord(record: CompletionRecord, typist: Typist): void {
  const { id, text, outcome, evidence, shownMs = 0, survival } = record;
  expect(shownMs).toBeGreaterThanOrEqual(0);
  if (outcome?.kind === 'acceptedPartly') expect(outcome.acceptedChars).toBeLessThanOrEqual(text.length);
  if (outcome?.kind === 'typedOver') expect(outcome.divergedAtChar).toBeLessThanOrEqual(text.length);
  if (outcome?.kind === 'superseded') expect(typist.shown.has(outcome.by)).toBe(true);
  expect(evidence === undefined).toBe(outcome === undefined);
  for (const { survivalShare } of survival) expect(survivalShare).toBeLessThanOrEqual(1);
  if (!typist.shown.has(id) && outcome === undefined) expect(labelOutcome(record).kind).toBe('none');
}
