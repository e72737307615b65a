import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DemonstrationRecord } from '../../src/feedback/completionRecord.ts';
import { openFeedbackStore } from '../../src/feedback/storing/sqliteFeedbackStore.ts';

/** The functions of a project: a file for each noun, and in it a function for each verb. */
export interface HouseProject {
  readonly verbs: readonly string[];
  readonly nouns: readonly string[];
  /** When the first was written; each follows a minute later. */
  readonly firstAtMs: number;
}

/** 70 functions in seven files. */
const smallProject: HouseProject = {
  verbs: ['load', 'save', 'find', 'list', 'drop', 'copy', 'send', 'read', 'draw', 'sort'],
  nouns: ['user', 'order', 'item', 'page', 'file', 'image', 'mail'],
  firstAtMs: 0,
};

const minuteMs = 60_000;

/**
 * What somebody wrote whose every function begins with the same odd line, which no model guesses
 * and any model can learn: one demonstration a function, oldest first.
 */
export function houseStyleDemonstrations({ verbs, nouns, firstAtMs } = smallProject): DemonstrationRecord[] {
  return nouns.flatMap((noun, file) =>
    verbs.map((verb, index) => {
      const atMs = firstAtMs + (file * verbs.length + index) * minuteMs;
      return demonstration(verb, noun, atMs);
    }),
  );
}

function demonstration(verb: string, noun: string, atMs: number) {
  const name = `${verb}_${noun}`;
  const prefix = `def ${name}(id):\n    `;
  return {
    id: `${name}-demonstration`,
    atMs,
    documentUri: `file:///project/${noun}.py`,
    languageId: 'python',
    offset: prefix.length,
    prefix,
    suffix: '\n',
    text: `tally.enter('${name}', id)`,
    source: 'typed' as const,
  };
}

/** Writes the demonstrations into the store of a data folder. */
export function storeHouseStyle(dataFolder: string, project = smallProject): void {
  mkdirSync(dataFolder, { recursive: true });
  const { store } = openFeedbackStore(join(dataFolder, 'feedback.sqlite'), 0);
  for (const record of houseStyleDemonstrations(project)) store.addDemonstration(record);
  store.close();
}

/**
 * Hyperparameters that learn the house style in a minute: a small adapter, large steps, one pass, as
 * little practice as PPO can have, and the fewest held-out prompts that may promote.
 */
export const quickHyperparameters = {
  lora: { rank: 4, alpha: 8 },
  sft: { learningRate: 0.002, epochs: 1, batchSize: 4, warmupSteps: 2 },
  ppo: { iterations: 1, rolloutsPerIteration: 4, rolloutsPerPrompt: 2, minibatches: 1, epochs: 1 },
  heldOutShare: 0.43,
  maxHeldOutPrompts: 30,
};
