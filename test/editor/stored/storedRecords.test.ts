import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { StoredRecords } from '../../../src/editor/stored/storedRecords.ts';
import { recordingLog } from '../recordingLog.ts';

describe('StoredRecords', () => {
  it('counts again after half a minute, or when it is told to', () => {
    let count = 6;
    const clock = new VirtualClock();
    const store = { recordCount: () => count, recordCountSince: () => 0 };
    const records = new StoredRecords(store, clock, recordingLog().log);
    expect(records.count).toBe(6);
    count = 10;
    clock.advanceTo(29_999);
    expect(records.count).toBe(6);
    clock.advanceTo(30_000);
    expect(records.count).toBe(10);
    count = 5;
    records.forgetCount();
    expect(records.count).toBe(5);
  });

  it('has no count without a store', () => {
    expect(new StoredRecords(undefined, new VirtualClock(), recordingLog().log).count).toBeUndefined();
  });

  it('keeps the last count while the store cannot be read', () => {
    const { log, lines } = recordingLog();
    const busy = (): never => {
      throw new Error('busy');
    };
    const store = { recordCount: busy, recordCountSince: busy };
    const records = new StoredRecords(store, new VirtualClock(), log);
    expect(records.count).toBeUndefined();
    expect(records.countSince(5)).toBe(0);
    expect(lines).toEqual(Array(2).fill('warn Records could not be counted: busy'));
  });
});
