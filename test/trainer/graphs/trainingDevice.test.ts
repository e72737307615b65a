import { describe, expect, it } from 'vitest';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import { chooseTrainingDevice } from '../../../src/trainer/graphs/trainingDevice.ts';
import { trainedModel } from '../../../src/trainer/graphs/trainingInputs.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';

const lora = { rank: 2, alpha: 4 };
const losses = { ppo: { clipRange: 0.2, valueClipRange: 0.2 }, reward: { centring: 0.01, heads: 3 } };
const batch = { maxPromptTokens: 8, maxLearnedTokens: 12, losses };

describe('chooseTrainingDevice', () => {
  it('stays on the CPU, and says why, where the chosen device is not there', async () => {
    const base = await openModelFolder(await writeTinyModelFolder());
    const choice = process.platform === 'win32' ? 'coreml' : 'dml';
    const options = {
      base,
      threads: 1,
      choice,
      ...batch,
      servingDevice: () => Promise.resolve(undefined),
    } as const;
    const { device, why, model } = await chooseTrainingDevice(trainedModel(base, lora), options);
    expect(device).toBe('cpu');
    expect(why?.text).toMatch(/^The model cannot run on /);
    expect(model).toEqual(trainedModel(base, lora));
  });
});
