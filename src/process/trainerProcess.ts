/*
 * The trainer: a process for one retraining, at low priority. It may be killed at any moment; the
 * next one goes on from the checkpoint.
 */
import { constants, setPriority } from 'node:os';
import { systemClock } from '../feedback/systemClock.ts';
import { connectToParent } from './parent.ts';
import { completionWanted, retrain, retrainProgress } from './protocol.ts';
import { runRetraining } from './retraining.ts';
import { TrainingTurns } from './trainingTurns.ts';

setPriority(constants.priority.PRIORITY_LOW);
const parent = connectToParent();
const turns = new TrainingTurns(systemClock);

parent.hear(completionWanted, () => turns.noteCompletionWanted());
parent.answer(retrain, (settings, signal) =>
  runRetraining(settings, {
    signal,
    onProgress: (progress) => parent.notify(retrainProgress, progress),
    waitForTurn: () => turns.waitForTurn(),
    nowMs: Date.now,
  }),
);
parent.listen();
