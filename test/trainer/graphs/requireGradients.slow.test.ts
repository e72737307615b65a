import { describe, expect, it } from 'vitest';
import type { BaseModel } from '../../../src/engine/generation/modelPolicy.ts';
import type { Graph } from '../../../src/engine/graph/ir.ts';
import type { Tensor } from '../../../src/engine/runtime/session.ts';
import { openModelFolder } from '../../../src/engine/weights/modelFolder.ts';
import {
  cpuSessions,
  requireGradients,
  type TrainingDevice,
} from '../../../src/trainer/graphs/trainingDevice.ts';
import { trainedModel } from '../../../src/trainer/graphs/trainingInputs.ts';
import { writeTinyModelFolder } from '../../support/tinyModelFolder.ts';

const lora = { rank: 2, alpha: 4 };
const losses = { ppo: { clipRange: 0.2, valueClipRange: 0.2 }, reward: { centring: 0.01, heads: 3 } };
const batch = { maxPromptTokens: 8, maxLearnedTokens: 12, losses };

async function tinyModel(): Promise<BaseModel> {
  return openModelFolder(await writeTinyModelFolder());
}

function onCpuOf(base: BaseModel): TrainingDevice {
  return { device: 'cpu', model: trainedModel(base, lora), makeSession: cpuSessions(base, 1) };
}

/** A graphics card that changes one output of the CPU's, in each graph or in those with a certain input. */
function wrongDevice(
  base: BaseModel,
  name: string,
  change: (data: Float32Array) => Float32Array,
  input?: string,
): TrainingDevice {
  const onCpu = onCpuOf(base);
  return {
    ...onCpu,
    device: 'webgpu',
    makeSession: async (graph) => {
      const session = await onCpu.makeSession(graph);
      if (input !== undefined && !hasInput(graph, input)) return session;
      return {
        run: async (feeds, outputs) => {
          const right = await session.run(feeds, outputs);
          const { dims, data } = right[name]!;
          return { ...right, [name]: { dims, data: change(data as Float32Array) } satisfies Tensor };
        },
        dispose: () => session.dispose(),
      };
    },
  };
}

function hasInput({ nodes }: Graph, name: string): boolean {
  return nodes.some((node) => node.kind === 'input' && node.name === name);
}

describe('requireGradients', () => {
  it('gives the times of a device that computes what the CPU does', async () => {
    const base = await tinyModel();
    const same = wrongDevice(base, 'gradient', (data) => data);
    const times = await requireGradients(same, onCpuOf(base), batch);
    expect(Object.keys(times).sort()).toEqual(['cpuMs', 'deviceMs']);
  });

  it.each([
    ['gradient', (data: Float32Array) => data.map((value, i) => (i < data.length / 2 ? value : 0))],
    ['gradient', (data: Float32Array) => data.map((value, i) => (i === 0 ? NaN : value))],
    ['loss', (data: Float32Array) => data.map((value) => 1.02 * value)],
  ] as const)('refuses a device with another %s', async (name, change) => {
    const base = await tinyModel();
    await expect(requireGradients(wrongDevice(base, name, change), onCpuOf(base), batch)).rejects.toThrow(
      `The graphics card (WebGPU) computes wrong numbers: its ${name} differs from the CPU's by`,
    );
  });

  it.each([
    ['PPO', 'advantages'],
    ['the critic', 'returns'],
    ['the reward model', 'pairWeights'],
  ])('refuses a device with another gradient of %s alone', async (_, input) => {
    const base = await tinyModel();
    const wrong = wrongDevice(base, 'gradient', (data) => data.map((value) => 1.02 * value), input);
    await expect(requireGradients(wrong, onCpuOf(base), batch)).rejects.toThrow(
      "The graphics card (WebGPU) computes wrong numbers: its gradient differs from the CPU's by 2 %",
    );
  });

  it('tries no longer prompt than the model can read', async () => {
    const base = await tinyModel();
    const onCpu = onCpuOf(base);
    await expect(
      requireGradients(onCpu, onCpu, { ...batch, maxPromptTokens: 100_000 }),
    ).resolves.toBeDefined();
  });
});
