/*
 * The trainer: a process for one retraining, at low priority. It may be killed at any moment; the
 * next one goes on from the checkpoint.
 */
import { constants, setPriority } from 'node:os';
import { systemClock } from '../feedback/systemClock.ts';
import { connectToParent } from './parent.ts';
import { retrain, retrainProgress } from './protocol.ts';
import { runRetraining } from './retraining.ts';
import { TrainingTurns } from './trainingTurns.ts';
import { removeWantedFile } from './wantedFile.ts';

setPriority(constants.priority.PRIORITY_LOW);
const parent = connectToParent();
const [wantedFile = ''] = process.argv.slice(2);
const turns = new TrainingTurns(systemClock, wantedFile);

parent.answer(retrain, async (settings, signal) => {
  try {
    return await runRetraining(settings, {
      signal,
      onProgress: (progress) => parent.notify(retrainProgress, progress),
      waitForTurn: () => turns.waitForTurn(),
      nowMs: Date.now,
    });
  } finally {
    await removeWantedFile(wantedFile);
  }
});
parent.listen();
