import { describe, expect, it, vi } from 'vitest';
import { changeServing, type RollBackOptions } from '../../../src/editor/learning/adapterCommands.ts';
import { servedId, servedModel } from '../../../src/editor/learning/whoServes.ts';
import type { Notices } from '../../../src/editor/notices.ts';
import { policyIdOf, type AdapterId } from '../../../src/engine/policy.ts';
import { adaptersIn } from '../../../src/process/adapters.ts';
import type { EngineState } from '../../../src/process/clients.ts';
import { AdapterStore } from '../../../src/trainer/adapters/adapterStore.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyAdapter } from '../../trainer/adapterFixture.ts';

vi.mock('vscode', () => ({
  ProgressLocation: { Notification: 15 },
  window: {
    showInformationMessage: () => undefined,
    withProgress: (_: unknown, task: (progress: unknown, token: unknown) => unknown) =>
      task({ report: () => undefined }, { onCancellationRequested: () => undefined }),
  },
}));

const [older, newer] = ['older' as AdapterId, 'newer' as AdapterId];
const stopped: EngineState = { kind: 'stopped' };
const ready = (adapterId?: AdapterId): EngineState => ({
  ...{ kind: 'ready', policyId: policyIdOf('tiny', adapterId), adapterId },
});

/** Two adapters, of which the older one was promoted, and what is told of them. */
async function served(state: EngineState, model = 'tiny', useServingAdapter = () => Promise.resolve()) {
  const folder = temporaryFolder();
  const store = new AdapterStore(folder);
  for (const id of [older, newer]) await store.save(tinyAdapter(id));
  await store.promote(older);
  const told: string[] = [];
  const notices = { tell: (_: string, text: string) => told.push(text) };
  const options: RollBackOptions = {
    adapters: adaptersIn(folder),
    engine: { state, useServingAdapter },
    settings: () => ({ model }),
    notices: notices as Partial<Notices> as Notices,
  };
  return { options, told };
}

describe('servedId', () => {
  it.each<[string, EngineState, string, AdapterId | undefined]>([
    ['what the engine serves', ready(newer), 'tiny', newer],
    ['the base model, where the engine cannot use what was promoted', ready(), 'other', undefined],
    ['what was promoted, while no engine runs', stopped, 'tiny', older],
    ['the base model, while no engine runs and another model was promoted for', stopped, 'other', undefined],
  ])('is %s', async (_, state, model, expected) => {
    expect(await servedId((await served(state, model)).options)).toBe(expected);
  });
});

describe('servedModel', () => {
  it.each<[string, EngineState, string]>([
    ['what serves with an adapter, while the one of the settings cannot be loaded', ready(newer), 'tiny'],
    ['what serves alone, while the one of the settings cannot be loaded', ready(), 'tiny'],
    ['that of the settings, while no engine runs', stopped, 'other'],
  ])('is %s', async (_, state, expected) => {
    expect(servedModel((await served(state, 'other')).options)).toBe(expected);
  });
});

describe('changeServing', () => {
  it('says what serves in the end, not what was to serve', async () => {
    const { options, told } = await served(ready());
    await changeServing(() => options.adapters.serve(newer), options);
    expect(told).toEqual(['From now on the base model serves.']);
    expect(await options.adapters.servingId()).toBe(newer);
  });

  it('does not say that something serves while no model is loaded', async () => {
    const { options, told } = await served(stopped);
    await changeServing(() => options.adapters.serve(newer), options);
    expect(told).toEqual(['As soon as the model is loaded, adapter newer serves.']);
  });

  it('leaves the adapter before in its place where another one cannot be had', async () => {
    const full = new Error('The disk is full.');
    const { options, told } = await served(ready(older), 'tiny', () => Promise.reject(full));
    await expect(changeServing(() => options.adapters.serve(newer), options)).rejects.toBe(full);
    expect(await options.adapters.servingId()).toBe(older);
    expect(told).toEqual([]);
  });
});
