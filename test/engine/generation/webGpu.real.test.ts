import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noSoftwareVulkan, softwareVulkan } from '../../support/softwareVulkan.ts';
import { openRealModel, readModelGolden } from '../../support/realModels.ts';
import { runOnWebGpu } from '../../support/webGpuProcess.ts';

const isThere = softwareVulkan() !== undefined;
if (!isThere) process.stdout.write(`${noSoftwareVulkan}\n`);

/** A token takes SwiftShader seconds, so the prompts are cut to their ends. */
const promptTokens = 4;
const maxNewTokens = 2;

describe.skipIf(!isThere)('smollm2-135m on WebGPU', () => {
  it('writes what the CPU writes behind five prompts, in float32', async () => {
    const { weights } = await openRealModel('smollm2-135m');
    const prompts = readModelGolden('smollm2-135m').prompts.slice(0, 5);
    const requests = prompts.map(({ tokens }) => ({
      promptTokens: tokens.slice(-promptTokens),
      typedText: '',
      count: 1,
      temperature: 0,
      maxNewTokens,
      seed: 1,
    }));
    const job = { folder: dirname(weights.path), precision: 'float32', requests } as const;
    const [onCpu, onWebGpu] = [await runOnWebGpu('writeOnCpu', job), await runOnWebGpu('write', job)];
    const tokensOf = (written: typeof onCpu) => written.map(([first]) => first!.tokens);
    expect(tokensOf(onWebGpu)).toEqual(tokensOf(onCpu));
  });
});
