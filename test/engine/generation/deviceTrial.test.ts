import { describe, expect, it } from 'vitest';
import { tryDevice, type DeviceTrial } from '../../../src/engine/generation/deviceTrial.ts';
import { deviceFailed, deviceWrong } from '../../../src/engine/runtime/deviceErrors.ts';
import { inEnglish, sentence } from '../../../src/sentences/sentence.ts';
import { saying } from '../../support/saying.ts';

/** A card that is twice as fast as the CPU and right. */
const good: DeviceTrial = {
  open: () => Promise.resolve(),
  softwareDriver: () => Promise.resolve(undefined),
  findRunTokens: () => Promise.resolve(31),
  time: () => Promise.resolve({ cpuMs: 100, webgpuMs: 50 }),
};

const never = (): never => {
  throw new Error('this must not be asked');
};

describe('tryDevice', () => {
  it('takes a card that is right and faster, with runs as long as it computes right', async () => {
    expect(await tryDevice(good)).toEqual({
      device: 'webgpu',
      why: saying('a short completion takes 50 ms on WebGPU and 100 ms on the CPU'),
      maxRunTokens: 31,
    });
  });

  it.each<[string, Partial<DeviceTrial>, RegExp]>([
    [
      'there is no adapter',
      {
        open: () =>
          Promise.reject(
            deviceFailed('webgpu', sentence`cannot load the model`, new Error('No supported adapters')),
          ),
        softwareDriver: never,
      },
      /No supported adapters/,
    ],
    [
      'the driver is software, before anything is computed',
      { softwareDriver: () => Promise.resolve('libvk_swiftshader.so'), findRunTokens: never },
      /software driver, libvk_swiftshader\.so/,
    ],
    [
      'the numbers are wrong, however fast they come',
      {
        findRunTokens: () => Promise.reject(deviceWrong('webgpu', sentence`its logits differ`)),
        time: never,
      },
      /computes wrong numbers: its logits differ/,
    ],
    [
      'it is not fast enough for what its 4 bits cost',
      { time: () => Promise.resolve({ cpuMs: 100, webgpuMs: 95 }) },
      /95 ms on WebGPU and 100 ms on the CPU/,
    ],
  ])('stays on the CPU where %s', async (_, change, why) => {
    const verdict = await tryDevice({ ...good, ...change });
    expect(verdict.device).toBe('cpu');
    expect(inEnglish(verdict.why)).toMatch(why);
  });

  it('lets errors through that are not the device’s', async () => {
    const full = { ...good, findRunTokens: () => Promise.reject(new Error('the disk is full')) };
    await expect(tryDevice(full)).rejects.toThrow('the disk is full');
  });
});
