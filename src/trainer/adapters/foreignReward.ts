import type { LoraConfig } from '../../engine/model/lora.ts';
import { loraLayout } from '../../engine/model/lora.ts';
import type { RandomStream } from '../../engine/random.ts';
import type { ModelConfig } from '../../engine/weights/modelConfig.ts';
import { sentence } from '../../sentences/sentence.ts';
import type { RewardAdapter } from './adapterFolder.ts';
import { adapterForeign } from '../errors.ts';
import { fitForeign, type ForeignReward } from './foreignAdapter.ts';
import { scalarLayout, scoreHeadName } from '../graphs/scalarGraph.ts';

/**
 * The same function as a reward model of ours on that model, as the store keeps it beside its policy. Throws TrainerError
 * 'adapterForeign' where its shapes are not those of the model.
 */
export function fitReward(
  reward: ForeignReward,
  config: ModelConfig,
  how: { readonly preferred: LoraConfig; readonly random: RandomStream },
): RewardAdapter {
  const { head, path } = reward;
  if (head.shape[1] !== config.embeddingSize) {
    const [found, expected] = [head.shape[1]!, config.embeddingSize];
    throw adapterForeign(
      path,
      sentence`its score head reads ${found} numbers, and the model gives ${expected}`,
    );
  }
  const { lora, theta: factors } = fitForeign(reward, config, how);
  const layout = scalarLayout(config, lora);
  const theta = new Float32Array(layout.size);
  const offsets = new Map(layout.slots.map(({ name, offset }) => [name, offset]));
  for (const { name, shape, offset } of loraLayout(config, lora).slots) {
    const size = shape.reduce((product, dim) => product * dim, 1);
    theta.set(factors.subarray(offset, offset + size), offsets.get(name));
  }
  theta.set(head.data, offsets.get(scoreHeadName));
  return { theta, layout, alpha: lora.alpha };
}
