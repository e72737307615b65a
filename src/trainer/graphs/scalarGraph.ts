import { add, maximum, multiply, reshape, softplus, subtract, sum } from '../../engine/graph/build.ts';
import { GraphBuilder } from '../../engine/graph/graphBuilder.ts';
import type { Graph, Value } from '../../engine/graph/ir.ts';
import { loraLayout, type LoraConfig, type ParameterValues } from '../../engine/model/lora.ts';
import { layOutParameters, type ParameterLayout } from '../../engine/model/parameterLayout.ts';
import type { ModelConfig } from '../../engine/weights/modelConfig.ts';
import { clamp, gradientOf, total } from './policyGraph.ts';
import { lossRows, trainingForward, type TrainedModel } from './trainingInputs.ts';

/** PEFT's name of a scalar head, [1,E]; it has no bias, as in OpenRLHF: one is subtracted outside. */
export const scoreHeadName = 'base_model.model.score.weight';

/** The parameters of a reward or value model: an adapter of its own and one scalar head. */
export function scalarLayout(config: ModelConfig, lora: LoraConfig): ParameterLayout {
  const { slots } = loraLayout(config, lora);
  return layOutParameters([...slots, { name: scoreHeadName, shape: [1, config.embeddingSize] }]);
}

/** Scalars of rows alone, rewards or values: output `scalars` [M]. */
export function scalarGraph(model: TrainedModel): Graph {
  const g = new GraphBuilder();
  return g.finish({ scalars: scalarForward(g, model).scalars });
}

/**
 * Reward model on pairs, InstructGPT (arXiv:2203.02155, equation 1) with the centring term of
 * Eisenstein et al. (arXiv:2312.09244, section 3.2), over all pairs (i better than j):
 *
 *   loss = sum(pairWeights[i,j] * (softplus(scalar[j] - scalar[i]) + centring * (scalar[i] + scalar[j])^2))
 *
 * All completions of one prompt are sequences of one batch, one row each, so each is read once
 * however many pairs it is in. Input `pairWeights` [M,M] is 0 where there is no pair. Outputs:
 * `loss` [], `scalars` [M], `gradient` [size].
 */
export function rewardGraph(model: TrainedModel, centring: number): Graph {
  const g = new GraphBuilder();
  const { scalars, parameters } = scalarForward(g, model);
  const pairWeights = g.input('pairWeights', [lossRows, lossRows]);
  const loss = g.scope('loss', () => {
    const better = reshape(g, scalars, [lossRows, 1]);
    const worse = reshape(g, scalars, [1, lossRows]);
    const level = add(g, better, worse);
    const centred = multiply(g, multiply(g, level, level), g.scalar(centring));
    const perPair = add(g, softplus(g, subtract(g, worse, better)), centred);
    return total(g, multiply(g, pairWeights, perPair));
  });
  return g.finish({ loss, scalars, gradient: gradientOf(g, loss, parameters) });
}

/**
 * PPO's clipped value loss (the form of openai/baselines and arXiv:2403.17031):
 *
 *   clipped = oldValues + clip(values - oldValues, -range, range)
 *   loss    = sum(weights * max((values - returns)^2, (clipped - returns)^2)) / 2
 *
 * Inputs `weights`, `oldValues`, `returns` [M]. Outputs: `loss` [], `scalars` [M], `gradient` [size].
 */
export function clippedValueGraph(model: TrainedModel, clipRange: number): Graph {
  const g = new GraphBuilder();
  const { scalars, parameters } = scalarForward(g, model);
  const perRow = (name: string): Value => g.input(name, [lossRows]);
  const [weights, oldValues, returns] = [perRow('weights'), perRow('oldValues'), perRow('returns')];
  const loss = g.scope('loss', () => {
    const clipped = add(g, oldValues, clamp(g, subtract(g, scalars, oldValues), -clipRange, clipRange));
    const error = (values: Value): Value => {
      const difference = subtract(g, values, returns);
      return multiply(g, difference, difference);
    };
    const worse = maximum(g, error(scalars), error(clipped));
    return multiply(g, total(g, multiply(g, weights, worse)), g.scalar(0.5));
  });
  return g.finish({ loss, scalars, gradient: gradientOf(g, loss, parameters) });
}

/** scalar[m] = hidden[m] · head */
function scalarForward(
  g: GraphBuilder,
  model: TrainedModel,
): { readonly scalars: Value; readonly parameters: ParameterValues } {
  const { hidden, parameters } = trainingForward(g, model);
  const head = parameters.bySlot.get(scoreHeadName)!;
  const scalars = g.scope('score', () => reshape(g, sum(g, multiply(g, hidden, head), [1]), [lossRows]));
  return { scalars, parameters };
}
