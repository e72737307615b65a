import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { CompletionTracker } from '../../../src/feedback/following/completionTracker.ts';
import { editorEventSchema, type EditorEvent } from '../../../src/feedback/following/editorEvent.ts';
import { MemoryFeedbackStore } from '../memoryFeedbackStore.ts';
import { completionDefaults, parseReplay, runReplay } from '../replay.ts';

const folder = new URL('../../replay/', import.meta.url);
const sessions = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));

describe('a recorded session', () => {
  it.each(sessions.map((name) => [name.replace('.jsonl', '').replaceAll('-', ' '), name]))(
    '%s',
    (_, name) => {
      const replay = parseReplay(readFileSync(new URL(name, folder), 'utf8'));
      expect(runReplay(replay)).toEqual(replay.expectation);
    },
  );
});

const documents = ['file:///a.ts', 'file:///b.ts'] as const;
const texts = ['foo', 'foo(bar)', 'f', '{\n  a\n}', ''] as const;

/** An event that fits no particular story: whatever the editor may say, in whatever order. */
const anyEvent: fc.Arbitrary<(atMs: number) => EditorEvent> = fc
  .record({
    kind: fc.constantFrom(
      ...(['offered', 'notOffered', 'edited', 'edited', 'edited'] as const),
      ...otherKinds(),
    ),
    documentUri: fc.constantFrom(...documents),
    offset: fc.nat(12),
    deletedChars: fc.constantFrom(0, 0, 0, 1, 3, 12),
    text: fc.constantFrom(...texts, 'x', '\n', '()', 'more than anybody types in one go'),
    id: fc.constantFrom('c1', 'c2', 'c3'),
    part: fc.constantFrom('all', 'word', 'line'),
    reason: fc.constantFrom(undefined, undefined, 'undo', 'redo'),
  })
  .map(({ kind, documentUri, offset, deletedChars, text, id, part, reason }) => (atMs) => {
    const asked = { languageId: 'typescript', prefix: 'x'.repeat(offset), suffix: ')\n' };
    const completion = {
      ...completionDefaults,
      id,
      text: text === '' ? 'foo' : text,
      replacedChars: deletedChars % 2,
    };
    const noCompletion = {
      kind: 'none',
      id: `n${atMs}`,
      reason: 'silence',
      policyId: 'base',
      written: completion.written,
    };
    const changes = [{ offset, deletedChars, insertedText: text }];
    const all = {
      kind,
      atMs,
      documentUri,
      offset,
      ...asked,
      completion,
      noCompletion,
      changes,
      completionId: id,
      newUri: documents[offset % 2],
      part,
    };
    return editorEventSchema.parse({ ...all, ...(reason && { reason }) });
  });

function otherKinds() {
  const told = ['acceptCommand', 'hidden', 'dismissCommand', 'cursorMoved', 'saved', 'closed'] as const;
  return [...told, 'renamed', 'checkedOut'] as const;
}

const anySession = fc.array(fc.tuple(anyEvent, fc.constantFrom(0, 100, 1000, 40_000)), { maxLength: 25 });

it('makes sense of any order of events: one record for each completion, and an end for each', () => {
  fc.assert(
    fc.property(anySession, (steps) => {
      const clock = new VirtualClock();
      const store = new MemoryFeedbackStore();
      const tracker = new CompletionTracker(store, clock);
      const offered = new Set<string>();
      for (const [event, waitMs] of steps) {
        clock.advanceBy(waitMs);
        const now = event(clock.nowMs());
        if (now.kind === 'offered') offered.add(now.completion.id);
        tracker.handle(now);
      }
      clock.advanceBy(3_600_000);
      tracker.dispose();
      expect(clock.pendingTimers).toBe(0);
      const records = store
        .completions()
        .filter(({ noCompletionReason }) => noCompletionReason === undefined);
      expect(new Set(records.map(({ id }) => id))).toEqual(offered);
      for (const { outcome, evidence, shownMs } of records) {
        expect([outcome, evidence, shownMs].filter((part) => part === undefined)).toHaveLength(
          outcome ? 0 : 3,
        );
      }
      expect(records.filter(({ outcome }) => outcome === undefined).length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 200 },
  );
});

it('tells a final text with the name that its document has by then', () => {
  const clock = new VirtualClock();
  const store = new MemoryFeedbackStore();
  const told: string[] = [];
  const setFinalText = (_id: unknown, text: string, documentUri: string) =>
    told.push(`${text} in ${documentUri}`);
  const tracker = new CompletionTracker(Object.assign(store, { setFinalText }), clock);
  const asked = {
    documentUri: documents[0],
    offset: 4,
    languageId: 'typescript',
    prefix: 'a = ',
    suffix: '\n',
  };
  const completion = { ...completionDefaults, id: 'c1', text: 'foo' };
  const changes = [{ offset: 4, deletedChars: 0, insertedText: 'foo' }];
  const events = [
    { kind: 'offered', ...asked, completion },
    { kind: 'edited', documentUri: documents[0], changes },
    { kind: 'renamed', documentUri: documents[0], newUri: documents[1] },
  ];
  for (const event of events) tracker.handle(editorEventSchema.parse({ ...event, atMs: clock.nowMs() }));
  clock.advanceBy(3_600_000);
  expect(told).toEqual([`foo in ${documents[1]}`]);
});
