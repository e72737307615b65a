import { rmSync, writeFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { ClusterMemory } from '../../../src/editor/learning/clusterMemory.ts';
import {
  ClusterTraining,
  type ClusterTrainingOptions,
} from '../../../src/editor/learning/clusterTraining.ts';
import { parseSettings, settingsAt } from '../../../src/editor/settings/settings.ts';
import type { ClusterClient } from '../../../src/process/cluster/clusterClients.ts';
import type { ClusterExport } from '../../../src/process/cluster/clusterExports.ts';
import { dataPathsIn } from '../../../src/process/dataFolder.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

vi.mock('vscode', () => ({
  ProgressLocation: { Notification: 15 },
  window: {
    showInformationMessage: (_: string, __: unknown, send: string) => Promise.resolve(send),
    withProgress: (_: unknown, task: (progress: unknown, token: unknown) => unknown) =>
      task({ report: () => undefined }, { onCancellationRequested: () => undefined }),
  },
}));
const url = 'http://127.0.0.1:8265';
vi.mock('../../../src/editor/learning/clusterQuestions.ts', () => ({
  askAddress: () => Promise.resolve(url),
  askToken: () => Promise.resolve(''),
  askPlan: () => Promise.resolve({ url, basePath: '/base', storage: '/storage', workers: 1, usesGpu: false }),
}));
vi.mock('../../../src/editor/learning/clusterWords.ts', () => ({ rowsOf: () => 1, previewText: () => '' }));

it('remembers a job that was submitted, also where what was sent cannot be deleted', async () => {
  const paths = dataPathsIn(temporaryFolder());
  const values = new Map<string, unknown>();
  const store = {
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
  };
  const secrets = {
    get: () => Promise.resolve(undefined),
    ...{ store: () => Promise.resolve(), delete: () => Promise.resolve() },
  };
  const memory = new ClusterMemory(store, secrets);
  const cluster: Partial<ClusterClient> = {
    exportWork: ({ folder }) => Promise.resolve({ folder } as ClusterExport),
    submit: () => {
      // A folder that is none any more is nothing to look into.
      rmSync(paths.cluster, { recursive: true, force: true });
      writeFileSync(paths.cluster, '');
      return Promise.resolve('job-1');
    },
  };
  const options: Partial<ClusterTrainingOptions> = {
    ...{ cluster: cluster as ClusterClient, memory, paths },
    settings: () => settingsAt(parseSettings(() => undefined).settings, undefined),
    requireModel: () => Promise.resolve(),
    storeSettled: () => Promise.resolve(),
  };
  const training = new ClusterTraining(options as ClusterTrainingOptions);
  await expect(training.run()).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(memory.job).toEqual({ id: 'job-1', address: { url, isPlainMeant: false } });
});
