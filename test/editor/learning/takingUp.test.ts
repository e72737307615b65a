import { describe, expect, it } from 'vitest';
import { takeUp, takenUpSentence } from '../../../src/editor/learning/takingUp.ts';
import { policyIdOf, type AdapterId } from '../../../src/engine/policy.ts';
import type { EngineState } from '../../../src/process/clients.ts';
import { quoted } from '../../../src/sentences/sentence.ts';

const adapterId = 'a' as AdapterId;
const readyWith = (model: string): EngineState => ({
  ...{ kind: 'ready', policyId: policyIdOf(model, adapterId), adapterId },
});

/** Takes up an adapter of the model `tiny` in a window whose settings name a model. */
async function takenUp(state: EngineState, model: string, use = (): Promise<void> => Promise.resolve()) {
  let times = 0;
  const engine = {
    state,
    useServingAdapter: () => {
      times += 1;
      return use();
    },
  };
  const taken = await takeUp({ baseModelId: 'tiny' }, { engine, settings: () => ({ model }) });
  return { taken, times, said: takenUpSentence(taken) };
}

describe('an adapter that was promoted', () => {
  it('serves at once where its model does', async () => {
    expect((await takenUp(readyWith('tiny'), 'tiny')).taken).toEqual({ kind: 'serves' });
  });

  it.each<[string, EngineState, string]>([
    ['serves', readyWith('other'), 'tiny'],
    ['is being loaded', { kind: 'loading', phase: 'load', doneBytes: 0, totalBytes: 0 }, 'other'],
  ])('waits while another model %s, and the engine is not asked', async (_, state, model) => {
    const { times, said } = await takenUp(state, model);
    expect([times, said]).toEqual([0, 'The adapter serves as soon as tiny is chosen again.']);
  });

  it.each<EngineState>([{ kind: 'stopped' }, { kind: 'failed', sentence: quoted('No.') }])(
    'waits for its model where that is not loaded: $kind',
    async (state) => {
      const { said } = await takenUp(state, 'tiny');
      expect(said).toBe('The adapter serves as soon as its model is loaded.');
    },
  );

  it('does not serve where the engine cannot use it, which is no other model’s fault', async () => {
    const error = new Error('The disk is full.');
    const { taken, said } = await takenUp(readyWith('tiny'), 'tiny', () => Promise.reject(error));
    expect(taken).toEqual({ kind: 'failed', error });
    expect(said).toBe('The adapter could not be loaded, and does not serve yet.');
  });

  it('waits where another model was chosen while it was loaded', async () => {
    const engine = {
      state: readyWith('tiny'),
      useServingAdapter: () => {
        engine.state = readyWith('other');
        return Promise.reject(new Error('It does not fit.'));
      },
    };
    const taken = await takeUp({ baseModelId: 'tiny' }, { engine, settings: () => ({ model: 'tiny' }) });
    expect(taken).toMatchObject({ kind: 'waits' });
  });
});
