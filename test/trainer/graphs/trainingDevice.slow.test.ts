import { describe, expect, it } from 'vitest';
import { floatsOf } from '../../../src/engine/runtime/session.ts';
import { relativeDifference } from '../../support/expectTensor.ts';
import { noSoftwareVulkan, softwareVulkan } from '../../support/softwareVulkan.ts';
import { tinyDeviceConfig } from '../../support/tinyModel.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';
import { runOnWebGpu } from '../../support/webGpuProcess.ts';
import type { TrainingJob } from '../../support/webGpuWorker.ts';

/** float32 on both sides, sums in another order. */
const float32Noise = 1e-5;

const isThere = softwareVulkan() !== undefined;
if (!isThere) process.stdout.write(`${noSoftwareVulkan}\n`);

const train = async (job: Omit<TrainingJob, 'folder'>) =>
  runOnWebGpu('train', { folder: await writeTinyModelFolder(1, tinyDeviceConfig), ...job });

describe.skipIf(!isThere)('training on a graphics card, SwiftShader', () => {
  it('gives the loss and the gradient of the CPU', async () => {
    const onCpu = await train({ choice: 'cpu', maxPromptTokens: 8 });
    const onWebGpu = await train({ choice: 'webgpu', maxPromptTokens: 8 });
    expect(onCpu).toMatchObject({ device: 'cpu', why: undefined });
    expect(onWebGpu).toMatchObject({ device: 'webgpu', precision: 'float32' });
    expect(onWebGpu.why).toMatch(/^a training step takes \d+ ms on the device and \d+ ms on the CPU$/);
    for (const name of ['loss', 'gradient'])
      expect(
        relativeDifference(floatsOf(onWebGpu.outputs, name), floatsOf(onCpu.outputs, name)),
      ).toBeLessThan(float32Noise);
  });

  it('is not taken by auto where completions are not written there, or steps are slower', async () => {
    expect(await train({ choice: 'auto', maxPromptTokens: 8 })).toMatchObject({ device: 'cpu' });
    const tried = await train({ choice: 'auto', servingDevice: 'webgpu', maxPromptTokens: 8 });
    expect(tried).toMatchObject({ device: 'cpu' });
    expect(tried.why).toMatch(/^a training step takes \d+ ms on the device and \d+ ms on the CPU$/);
  });
});
