import { join } from 'node:path';
import { openFeedbackStore } from '../../src/feedback/storing/sqliteFeedbackStore.ts';
import type { RetrainSettings } from '../../src/process/clients.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { writeTinyModelFolder } from '../support/tinyModelFolder.ts';
import { askedAt, completion, demonstration, refusedFor } from '../trainer/feedbackRecords.ts';

/** Writes a store with the work of a few documents: lines typed, and completions refused for other text. */
export function storeTinyWork(path: string, promptCount = 96, documentCount = 8): void {
  const { store } = openFeedbackStore(path, 0);
  for (let i = 0; i < promptCount; i++) {
    const uri = `file:///${i % documentCount}.ts`;
    const text = `value${i} + ${i};`;
    if (i % 2 === 0) store.addDemonstration(demonstration(askedAt(`a${i} = █\n`, i, uri), text));
    else store.addCompletion(completion(askedAt(`b${i} = █\n`, i, uri), `wrong${i}`, refusedFor(text)));
  }
  store.close();
}

/** A retraining of the tiny model that takes a second or two, with all its files in a temporary folder. */
export async function tinyRetraining(changes: Partial<RetrainSettings> = {}): Promise<RetrainSettings> {
  const folder = temporaryFolder();
  return {
    model: await writeTinyModelFolder(),
    storePath: join(folder, 'feedback.sqlite'),
    adaptersFolder: join(folder, 'adapters'),
    checkpointFolder: join(folder, 'checkpoint'),
    learnFrom: {
      ...{ isOff: false, refusedFolders: [], excludedPatterns: [] },
      ...{ workspaceFolders: [], mayAskGit: true, ownLinesFirst: false },
    },
    ...{ projectCode: true, threads: 1, seed: 3, maxPromptTokens: 32, maxNewTokens: 24 },
    // Half of the work is held out, so that the gate takes long enough to be interrupted.
    hyperparameters: {
      lora: { rank: 2, alpha: 4 },
      sft: { epochs: 8, batchSize: 4 },
      ppo: { iterations: 2, rolloutsPerIteration: 8, rolloutsPerPrompt: 4, epochs: 1 },
      heldOutShare: 0.5,
    },
    ...changes,
  };
}
