import type { AdapterId } from '../../src/engine/policy.ts';
import { layOutParameters } from '../../src/engine/model/parameterLayout.ts';
import type { NewAdapter } from '../../src/trainer/adapters/adapterFolder.ts';
import { defaultHyperparameters } from '../../src/trainer/hyperparameters.ts';
import type { KeptComparisons } from '../../src/trainer/adapters/keptComparisons.ts';
import type { Manifest } from '../../src/trainer/adapters/manifest.ts';

const layer = 'base_model.model.model.layers.0';

/** A layout of a rank-2 adapter on two modules. */
export const tinyLayout = layOutParameters([
  { name: `${layer}.self_attn.q_proj.lora_A.weight`, shape: [2, 3] },
  { name: `${layer}.self_attn.q_proj.lora_B.weight`, shape: [4, 2] },
  { name: `${layer}.mlp.up_proj.lora_A.weight`, shape: [2, 3] },
  { name: `${layer}.mlp.up_proj.lora_B.weight`, shape: [5, 2] },
]);

/** What `tinyAdapter` has to be loaded for. */
export const tinyFit = { layout: tinyLayout, baseModelId: 'tiny', alpha: 4 };

export function tinyManifest(id: string, changes: Partial<Manifest> = {}): Manifest {
  return {
    formatVersion: 1,
    adapterId: id as AdapterId,
    baseModelId: 'tiny',
    startedAtMs: 1000,
    finishedAtMs: 2000,
    data: {
      sha256: 'd'.repeat(64),
      demonstrations: 1,
      preferenceGroups: 2,
      preferencePairs: 3,
      windows: 0,
      prompts: 4,
      heldOutDemonstrations: 5,
      heldOutPreferenceGroups: 6,
      withheld: 0,
    },
    seed: 7,
    hyperparameters: defaultHyperparameters,
    stages: [{ name: 'sft', steps: 2, seconds: 1.5, metrics: { loss: 0.25 }, curves: { loss: [0.5, 0.25] } }],
    verdict: { promoted: true, reason: 'Promoted: it is better.' },
    ...changes,
  };
}

/** An adapter whose parameters hold every kind of float32, NaN's payload and -0 included. */
export function tinyAdapter(
  id: string,
  changes: Partial<Manifest> = {},
  comparisons?: KeptComparisons,
): NewAdapter {
  const theta = Float32Array.from(
    { length: tinyLayout.size },
    (_, i) => Math.sin(i + id.length) * 10 ** (i % 7),
  );
  theta.set([-0, Infinity, 1e-45, NaN], 1);
  new Uint32Array(theta.buffer)[4] = 0x7fc01234;
  return {
    theta,
    layout: tinyLayout,
    peft: { alpha: 4, taskType: 'CAUSAL_LM' },
    manifest: tinyManifest(id, changes),
    ...(comparisons === undefined ? {} : { comparisons }),
  };
}

/** The bits of a vector, which tell -0 from 0 and one NaN from another. */
export function bitsOf(vector: Float32Array): number[] {
  return [...new Uint32Array(vector.buffer, vector.byteOffset, vector.length)];
}
