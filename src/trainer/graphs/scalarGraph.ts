import { add, gemm, maximum, multiply, reshape, softplus, subtract, sum } from '../../engine/graph/build.ts';
import { GraphBuilder } from '../../engine/graph/graphBuilder.ts';
import type { Graph, Value } from '../../engine/graph/ir.ts';
import { loraLayout, type LoraConfig, type ParameterValues } from '../../engine/model/lora.ts';
import { layOutParameters, type ParameterLayout } from '../../engine/model/parameterLayout.ts';
import type { ModelConfig } from '../../engine/weights/modelConfig.ts';
import { clamp, gradientOf, total } from './policyGraph.ts';
import { lossRows, trainingForward, type TrainedModel } from './trainingInputs.ts';

/** PEFT's name of H scalar heads, [H,E]; they have no bias, as in OpenRLHF: one is subtracted outside. */
export const scoreHeadName = 'base_model.model.score.weight';

/** The parameters of a reward or value model: an adapter of its own and `heads` scalar heads. */
export function scalarLayout(config: ModelConfig, lora: LoraConfig, heads = 1): ParameterLayout {
  const { slots } = loraLayout(config, lora);
  return layOutParameters([...slots, { name: scoreHeadName, shape: [heads, config.embeddingSize] }]);
}

/** H: how many scalar heads a model has. */
export function headCountOf({ slots }: ParameterLayout): number {
  return slots.find(({ name }) => name === scoreHeadName)!.shape[0]!;
}

/** Scalars of rows alone, rewards or values: output `scalars` [M,H]. */
export function scalarGraph(model: TrainedModel): Graph {
  const g = new GraphBuilder();
  return g.finish({ scalars: scalarForward(g, model).scalars });
}

/**
 * Reward model on pairs, InstructGPT (arXiv:2203.02155, equation 1) with the centring term of
 * Eisenstein et al. (arXiv:2312.09244, section 3.2), over all pairs (i better than j):
 *
 *   loss = sum(headWeights[h] * pairWeights[i,j]
 *                * (softplus(scalar[j,h] - scalar[i,h]) + centring * (scalar[i,h] + scalar[j,h])^2))
 *
 * All completions of one prompt are sequences of one batch, one row each, so each is read once
 * however many pairs it is in and however many heads look at it. Input `pairWeights` [M,M] is 0 where there is
 * no pair, `headWeights` [H] says how much the prompt counts for each head. Outputs: `loss` [], `scalars` [M,H],
 * `gradient` [size].
 */
export function rewardGraph(model: TrainedModel, centring: number): Graph {
  const g = new GraphBuilder();
  const { scalars, parameters } = scalarForward(g, model);
  const heads = headCountOf(model.layout);
  const pairWeights = g.input('pairWeights', [lossRows, lossRows]);
  const headWeights = g.input('headWeights', [heads]);
  const loss = g.scope('loss', () => {
    const better = reshape(g, scalars, [lossRows, 1, heads]);
    const worse = reshape(g, scalars, [1, lossRows, heads]);
    const level = add(g, better, worse);
    const centred = multiply(g, multiply(g, level, level), g.scalar(centring));
    const perPair = add(g, softplus(g, subtract(g, worse, better)), centred);
    const weights = multiply(g, reshape(g, pairWeights, [lossRows, lossRows, 1]), headWeights);
    return total(g, multiply(g, weights, perPair));
  });
  return g.finish({ loss, scalars, gradient: gradientOf(g, loss, parameters) });
}

/**
 * PPO's clipped value loss (the form of openai/baselines and arXiv:2403.17031); a value is the mean of the heads:
 *
 *   clipped = oldValues + clip(values - oldValues, -range, range)
 *   loss    = sum(weights * max((values - returns)^2, (clipped - returns)^2)) / 2
 *
 * Inputs `weights`, `oldValues`, `returns` [M]. Outputs: `loss` [], `scalars` [M,H], `gradient` [size].
 */
export function clippedValueGraph(model: TrainedModel, clipRange: number): Graph {
  const g = new GraphBuilder();
  const { scalars, parameters } = scalarForward(g, model);
  const perRow = (name: string): Value => g.input(name, [lossRows]);
  const [weights, oldValues, returns] = [perRow('weights'), perRow('oldValues'), perRow('returns')];
  const loss = g.scope('loss', () => {
    const ofHeads = reshape(g, sum(g, scalars, [1]), [lossRows]);
    const now = multiply(g, ofHeads, g.scalar(1 / headCountOf(model.layout)));
    const clipped = add(g, oldValues, clamp(g, subtract(g, now, oldValues), -clipRange, clipRange));
    const error = (values: Value): Value => {
      const difference = subtract(g, values, returns);
      return multiply(g, difference, difference);
    };
    const worse = maximum(g, error(now), error(clipped));
    return multiply(g, total(g, multiply(g, weights, worse)), g.scalar(0.5));
  });
  return g.finish({ loss, scalars, gradient: gradientOf(g, loss, parameters) });
}

/** scalars [M,H]: scalar[m,h] = hidden[m] · head[h] */
function scalarForward(
  g: GraphBuilder,
  model: TrainedModel,
): { readonly scalars: Value; readonly parameters: ParameterValues } {
  const { hidden, parameters } = trainingForward(g, model);
  const heads = parameters.bySlot.get(scoreHeadName)!;
  const scalars = g.scope('score', () => gemm(g, [hidden, heads], { transposeB: true }));
  return { scalars, parameters };
}
