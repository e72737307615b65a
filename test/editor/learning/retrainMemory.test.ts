import { describe, expect, it } from 'vitest';
import { RetrainMemory } from '../../../src/editor/learning/retrainMemory.ts';

const hourMs = 60 * 60_000;

function memoryWith(stored: unknown) {
  let value = stored;
  return new RetrainMemory({
    get: () => value,
    update: (_key, next) => {
      value = next;
      return Promise.resolve();
    },
  });
}

describe('RetrainMemory', () => {
  it('knows of nothing before the first retraining, or when what it finds is damaged', () => {
    const nothing = { atMs: 0, learnedUntilMs: 0 };
    expect(memoryWith(undefined).last).toEqual(nothing);
    expect(memoryWith({ atMs: 'yesterday' }).last).toEqual(nothing);
  });

  it('reads what older versions kept', () => {
    const kept = { atMs: hourMs, storedRecords: 5 };
    expect(memoryWith(kept).last).toEqual({ atMs: hourMs, learnedUntilMs: hourMs });
  });

  it('lets a new run learn from all there is, and remembers it', () => {
    const memory = memoryWith({ atMs: hourMs });
    expect(memory.begin(3 * hourMs, false)).toBe(3 * hourMs);
    expect(memory.last.atMs).toBe(3 * hourMs);
  });

  it('counts records as learned from only once a run has come to a verdict', () => {
    const memory = memoryWith({ atMs: hourMs });
    const untilMs = memory.begin(3 * hourMs, false);
    expect(memory.last).toEqual({ atMs: 3 * hourMs, learnedUntilMs: hourMs });
    memory.noteVerdict(untilMs);
    expect(memory.last).toEqual({ atMs: 3 * hourMs, learnedUntilMs: 3 * hourMs });
  });

  it('lets an interrupted run go on from what it began with', () => {
    const memory = memoryWith({ atMs: hourMs });
    expect(memory.begin(3 * hourMs, true)).toBe(hourMs);
    expect(memory.last.atMs).toBe(hourMs);
  });

  it('does not go on from a checkpoint of the day before', () => {
    const memory = memoryWith({ atMs: hourMs });
    expect(memory.begin(26 * hourMs, true)).toBe(26 * hourMs);
  });
});
