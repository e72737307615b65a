import { describe, expect, it } from 'vitest';
import { StoredRecords } from '../../src/editor/storedRecords.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { recordingLog } from './recordingLog.ts';

const noCounts = { outcomes: {}, nothingOffered: {}, notStored: {}, imported: 0, damaged: 0 };

describe('StoredRecords', () => {
  it('counts again after half a minute, or when it is told to', () => {
    let completions = 1;
    const clock = new FakeClock(0);
    const store = { counts: () => ({ completions, rankings: 2, demonstrations: 3, ...noCounts }) };
    const records = new StoredRecords(store, clock, recordingLog().log);
    expect(records.count).toBe(6);
    completions = 5;
    clock.advanceTo(29_999);
    expect(records.count).toBe(6);
    clock.advanceTo(30_000);
    expect(records.count).toBe(10);
    completions = 0;
    records.forgetCount();
    expect(records.count).toBe(5);
  });

  it('has no count without a store', () => {
    expect(new StoredRecords(undefined, new FakeClock(), recordingLog().log).count).toBeUndefined();
  });

  it('keeps the last count while the store cannot be read', () => {
    const { log, lines } = recordingLog();
    const store = {
      counts: () => {
        throw new Error('busy');
      },
    };
    expect(new StoredRecords(store, new FakeClock(), log).count).toBeUndefined();
    expect(lines).toEqual(['warn Records could not be counted: busy']);
  });
});
