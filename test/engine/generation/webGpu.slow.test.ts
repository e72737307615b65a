import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shortRun } from '../../../src/engine/generation/devicePasses.ts';
import type { GenerateRequest, Generation } from '../../../src/engine/policy.ts';
import type { DeviceChoice } from '../../../src/engine/runtime/devices.ts';
import { RandomStream } from '../../../src/engine/random.ts';
import { expectClose } from '../../support/expectTensor.ts';
import { noSoftwareVulkan, softwareVulkan } from '../../support/softwareVulkan.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { tinyDeviceConfig } from '../../support/tinyModel.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';
import { runOnWebGpu } from '../../support/webGpuProcess.ts';

/** float32 on both sides, sums in another order. */
const float32Noise = 1e-4;

const isThere = softwareVulkan() !== undefined;
if (!isThere) process.stdout.write(`${noSoftwareVulkan}\n`);

/** Prompts that go beyond one chunk and one step of room, go on where earlier ones stopped, and fork. */
function requests(): GenerateRequest[] {
  const stream = RandomStream.named(1, 'prompts');
  const text = (count: number): number[] => Array.from({ length: count }, () => 97 + stream.nextBelow(20));
  const [short, long] = [text(5), text(200)];
  const greedy = { typedText: '', count: 1, temperature: 0, maxNewTokens: 12, seed: 1 };
  return [
    { ...greedy, promptTokens: short },
    { ...greedy, promptTokens: long },
    { ...greedy, promptTokens: [...short, ...text(3)] },
    { ...greedy, promptTokens: [...long.slice(0, 90), ...text(30)] },
    { ...greedy, promptTokens: [...long, ...text(2)] },
    { ...greedy, promptTokens: [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2] },
    { ...greedy, promptTokens: short, count: 3, temperature: 1 },
  ];
}

function expectSame(actual: readonly Generation[], expected: readonly Generation[]): void {
  expect(actual.map(({ tokens }) => tokens)).toEqual(expected.map(({ tokens }) => tokens));
  actual.forEach(({ logProbs }, i) => expectClose(logProbs, expected[i]!.logProbs, float32Noise));
}

describe.skipIf(!isThere)('WebGPU on SwiftShader', () => {
  it('writes what the CPU writes in float32, token for token', async () => {
    const folder = await writeTinyModelFolder(1, tinyDeviceConfig);
    const job = { folder, precision: 'float32', requests: requests() } as const;
    const [onCpu, onWebGpu] = [await runOnWebGpu('writeOnCpu', job), await runOnWebGpu('write', job)];
    onWebGpu.forEach((written, i) => expectSame(written, onCpu[i]!));
  });

  it('gives the CPU’s logits with the same 4-bit weights, in short runs', async () => {
    const folder = await writeTinyModelFolder(1, tinyDeviceConfig);
    expect(await runOnWebGpu('agrees', { folder, maxRunTokens: shortRun })).toBeUndefined();
  });

  // SwiftShader has fewer lanes than ONNX Runtime's kernel for long runs counts on: a wrong driver at hand.
  it('is refused in words where it computes wrong numbers', async () => {
    const folder = await writeTinyModelFolder(1, tinyDeviceConfig);
    const message = await runOnWebGpu('agrees', { folder, maxRunTokens: 512 });
    expect(message).toMatch(
      /^The graphics card \(WebGPU\) computes wrong numbers: .* Set attune\.device to 'cpu'/,
    );
  });
});

describe.skipIf(!isThere)('a graphics card that is lost while it serves', () => {
  it('fails one completion, and the CPU writes from then on, with one notice', async () => {
    const model = await writeTinyModelFolder(1, tinyDeviceConfig);
    const settings = { model, adaptersFolder: temporaryFolder(), device: 'webgpu', threads: 1 } as const;
    const environment = { ...softwareVulkan(), ATTUNE_CACHE: temporaryFolder() };
    const { before, lost, after, onCpu, told } = await runOnWebGpu('loseDevice', settings, environment);
    expect(before).toHaveLength(16);
    expect(lost).toMatch(/^The graphics card \(WebGPU\) stopped at work: the device was lost\. /);
    expect(after).toEqual(onCpu);
    expect(told).toEqual([`${String(lost)} Until then the CPU serves.`]);
  });
});

describe.skipIf(!isThere)('attune.device', () => {
  const load = async (choice: DeviceChoice, environment = softwareVulkan()) => {
    const cacheFolder = temporaryFolder();
    const folder = await writeTinyModelFolder(1, tinyDeviceConfig);
    const loaded = await runOnWebGpu('load', { folder, choice, cacheFolder }, environment);
    const path = join(cacheFolder, 'devices.json');
    return { loaded, verdicts: existsSync(path) ? readFileSync(path, 'utf8') : '' };
  };

  it('auto refuses a software driver, and says why in its file', async () => {
    const { loaded, verdicts } = await load('auto');
    expect(loaded).toMatchObject({ device: 'cpu' });
    expect(verdicts).toMatch(/WebGPU runs on a software driver, .*swiftshader/s);
  });

  it('webgpu takes it, in runs that it computes right', async () => {
    const { loaded, verdicts } = await load('webgpu');
    expect(loaded).toMatchObject({ device: 'webgpu' });
    expect(verdicts).toContain(`"maxRunTokens": ${shortRun}`);
  });

  it.each([
    [
      'webgpu where no adapter is',
      'webgpu',
      /^The graphics card \(WebGPU\) cannot load the model: .*No supported adapters/,
    ],
    [
      'a device that ONNX Runtime does not have here',
      process.platform === 'win32' ? 'coreml' : 'dml',
      /ONNX Runtime offers 'cpu', 'webgpu'/,
    ],
  ] as const)('refuses %s in words', async (_, choice, message) => {
    const { loaded } = await load(choice, { VK_ICD_FILENAMES: '/no/such/driver.json' });
    expect(loaded).toMatchObject({
      reason: 'deviceFailed',
      message: expect.stringMatching(message) as string,
    });
  });
});
