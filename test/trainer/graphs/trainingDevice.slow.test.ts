import { describe, expect, it } from 'vitest';
import { floatsOf } from '../../../src/engine/runtime/session.ts';
import { relativeDifference } from '../../support/expectTensor.ts';
import { noSoftwareVulkan, softwareVulkan } from '../../support/softwareVulkan.ts';
import { tinyDeviceConfig } from '../../support/tinyModel.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';
import { lossCases } from '../../support/trainingGraphs.ts';
import { runOnWebGpu } from '../../support/webGpuProcess.ts';
import type { TrainingJob } from '../../support/webGpuWorker.ts';

/** float32 on both sides, sums in another order. */
const float32Noise = 1e-5;

/** SwiftShader compiles a graph for some ten seconds, on a busy machine for more; there are four in the trial, four behind it. */
const compilingMs = 600_000;

const isThere = softwareVulkan() !== undefined;
if (!isThere) process.stdout.write(`${noSoftwareVulkan}\n`);

const train = async (job: Omit<TrainingJob, 'folder'>) =>
  runOnWebGpu('train', { folder: await writeTinyModelFolder(1, tinyDeviceConfig), ...job });

describe.skipIf(!isThere)('training on a graphics card, SwiftShader', () => {
  it('gives what the CPU gives, each loss and its gradient', { timeout: compilingMs }, async () => {
    const onCpu = await train({ choice: 'cpu', graphs: true });
    const onWebGpu = await train({ choice: 'webgpu', graphs: true });
    expect(onCpu).toMatchObject({ device: 'cpu', why: undefined });
    expect(onWebGpu).toMatchObject({ device: 'webgpu', precision: 'float32' });
    expect(onWebGpu.why).toMatch(/^a training step takes \d+ ms on the device and \d+ ms on the CPU$/);
    for (const { what } of lossCases)
      for (const name of Object.keys(onCpu.outputs[what]!)) {
        const [actual, expected] = [onWebGpu, onCpu].map(({ outputs }) => floatsOf(outputs[what]!, name));
        expect(relativeDifference(actual!, expected!), `${what}: ${name}`).toBeLessThan(float32Noise);
      }
  });

  it(
    'is not taken by auto unless completions are written there and steps are faster',
    { timeout: compilingMs },
    async () => {
      expect(await train({ choice: 'auto' })).toMatchObject({ device: 'cpu' });
      const tried = await train({ choice: 'auto', servingDevice: 'webgpu' });
      expect(tried).toMatchObject({ device: 'cpu' });
      expect(tried.why).toMatch(/^a training step takes \d+ ms on the device and \d+ ms on the CPU$/);
    },
  );
});
