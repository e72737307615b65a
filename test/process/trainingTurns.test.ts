import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TrainingTurns } from '../../src/process/trainingTurns.ts';
import { FakeClock } from '../support/fakeClock.ts';

/** Whether a turn that is waited for has come after everything due was done. */
async function hasCome(turn: Promise<void>): Promise<boolean> {
  let come = false;
  void turn.then(() => (come = true));
  for (let i = 0; i < 5; i++) await nextTurn();
  return come;
}

describe('training', () => {
  it('goes on at once while nobody wants a completion', async () => {
    expect(await hasCome(new TrainingTurns(new FakeClock()).waitForTurn())).toBe(true);
  });

  it('rests for a second and a half after a completion was wanted', async () => {
    const clock = new FakeClock();
    const turns = new TrainingTurns(clock);
    turns.noteCompletionWanted();
    const turn = turns.waitForTurn();
    expect(await hasCome(turn)).toBe(false);
    clock.advanceTo(1499);
    expect(await hasCome(turn)).toBe(false);
    clock.advanceTo(1500);
    expect(await hasCome(turn)).toBe(true);
  });

  it('rests on when another completion is wanted meanwhile', async () => {
    const clock = new FakeClock();
    const turns = new TrainingTurns(clock);
    turns.noteCompletionWanted();
    const turn = turns.waitForTurn();
    await nextTurn();
    clock.advanceTo(1000);
    turns.noteCompletionWanted();
    clock.advanceTo(2000);
    expect(await hasCome(turn)).toBe(false);
    clock.advanceTo(2500);
    expect(await hasCome(turn)).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });
});
