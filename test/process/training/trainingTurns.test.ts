import { existsSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { TrainingTurns } from '../../../src/process/training/trainingTurns.ts';
import { lastWantedMs, removeWantedFile, touchWantedFile } from '../../../src/process/training/wantedFile.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** Whether a turn comes without the clock going on: once it rests, it waits for that. */
async function comes(turn: Promise<void>, clock: VirtualClock): Promise<boolean> {
  const there: true[] = [];
  void turn.then(() => there.push(true));
  while (there.length === 0 && clock.pendingTimers === 0) await nextTurn();
  return there.length > 0;
}

/** A clock, the turns by it, and a completion wanted at some time of it. */
function training() {
  const clock = new VirtualClock(1_000_000);
  const file = join(temporaryFolder(), 'wanted');
  const turns = new TrainingTurns(clock, file);
  const wantedAt = (timeMs: number): void => utimesSync(file, timeMs / 1000, timeMs / 1000);
  return { clock, file, turns, wantedAt };
}

describe('training', () => {
  it('goes on at once while nobody wants a completion', async () => {
    const { clock, turns } = training();
    expect(await comes(turns.waitForTurn(), clock)).toBe(true);
  });

  it('rests for a second and a half after a completion was wanted', async () => {
    const { clock, turns, wantedAt } = training();
    await turns.waitForTurn();
    wantedAt(1_000_000);
    const turn = turns.waitForTurn();
    expect(await comes(turn, clock)).toBe(false);
    clock.advanceTo(1_001_499);
    expect(await comes(turn, clock)).toBe(false);
    clock.advanceTo(1_001_500);
    expect(await comes(turn, clock)).toBe(true);
  });

  it('rests on when another completion is wanted meanwhile', async () => {
    const { clock, turns, wantedAt } = training();
    await turns.waitForTurn();
    wantedAt(1_000_000);
    const turn = turns.waitForTurn();
    expect(await comes(turn, clock)).toBe(false);
    wantedAt(1_001_000);
    clock.advanceTo(1_002_000);
    expect(await comes(turn, clock)).toBe(false);
    clock.advanceTo(1_002_500);
    expect(await comes(turn, clock)).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not wait for a time that is still to come, as after the clock was set back', async () => {
    const { clock, turns, wantedAt } = training();
    await turns.waitForTurn();
    wantedAt(9_000_000);
    expect(await comes(turns.waitForTurn(), clock)).toBe(true);
  });
});

describe('the file by which a completion is wanted', () => {
  it('says when that was last', async () => {
    const { file } = training();
    expect(await lastWantedMs(file)).toBe(0);
    const beforeMs = Date.now();
    await touchWantedFile(file);
    expect(await lastWantedMs(file)).toBeGreaterThanOrEqual(beforeMs);
  });

  it('is not made by those who want one while nothing is being retrained', async () => {
    const { file } = training();
    await touchWantedFile(file);
    expect(existsSync(file)).toBe(false);
    await removeWantedFile(file);
  });
});
