import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/engine/runtime/session.ts';
import { GraphSessions } from '../../../src/trainer/graphs/graphSessions.ts';
import { logProbGraph } from '../../../src/trainer/graphs/policyGraph.ts';
import { tokenBatch } from '../../../src/trainer/graphs/sequenceBatch.ts';
import { loraLayout } from '../../../src/engine/model/lora.ts';
import { tinyConfig } from '../../support/tinyModel.ts';

const lora = { rank: 2, alpha: 4 };
const model = {
  config: tinyConfig,
  lora,
  layout: loraLayout(tinyConfig, lora),
  precision: 'float32',
} as const;

/** Sessions that compute nothing and note their lives. */
function countedSessions() {
  const counts = { made: 0, disposed: 0 };
  const makeSession = (): Promise<Session> => {
    counts.made++;
    return Promise.resolve({
      run: () => Promise.resolve({}),
      dispose: () => {
        counts.disposed++;
        return Promise.resolve();
      },
    });
  };
  return { counts, sessions: new GraphSessions(makeSession) };
}

const batchOf = (length: number) =>
  tokenBatch([{ promptTokens: [1, 2, 3], completionTokens: new Array<number>(length).fill(4), freeFrom: 0 }]);

describe('training sessions', () => {
  it('serve batches of every size, one session a graph', async () => {
    const { counts, sessions } = countedSessions();
    for (const length of [1, 2, 7, 40]) {
      await sessions.run({ name: 'logProbs', model, graphOf: logProbGraph }, batchOf(length), {});
    }
    expect(counts).toEqual({ made: 1, disposed: 0 });
  });

  it('go when four others were used since', async () => {
    const { counts, sessions } = countedSessions();
    for (const name of ['a', 'b', 'c', 'd', 'a', 'e', 'a']) {
      await sessions.run({ name, model, graphOf: logProbGraph }, batchOf(2), {});
    }
    expect(counts).toEqual({ made: 5, disposed: 1 });
    await sessions.dispose();
    expect(counts.disposed).toBe(5);
  });
});
