import { appendBackward } from '../../engine/graph/backward.ts';
import { exp, maximum, minimum, multiply, negate, reshape, subtract, sum } from '../../engine/graph/build.ts';
import { GraphBuilder } from '../../engine/graph/graphBuilder.ts';
import type { Graph, Value } from '../../engine/graph/ir.ts';
import { tokenLogProbs } from '../../engine/model/decoder.ts';
import { joinGradients, type ParameterValues } from '../../engine/model/lora.ts';
import { lossRows, trainingForward, type TrainedModel } from './trainingInputs.ts';

/**
 * Log-probabilities alone: output `logProbs` [M].
 *
 * Inputs beside those of `trainingForward`: `targets` [M] int32, `inverseTemperature` [].
 */
export function logProbGraph(model: TrainedModel): Graph {
  const g = new GraphBuilder();
  return g.finish({ logProbs: policyForward(g, model).logProbs });
}

/**
 * Supervised fine-tuning: loss = -sum(weights * logProbs), with its gradient.
 *
 * Inputs beside those of `logProbGraph`: `weights` [M], zero for padding rows. Outputs: `loss` [],
 * `logProbs` [M], `gradient` [size].
 */
export function supervisedGraph(model: TrainedModel): Graph {
  const g = new GraphBuilder();
  const { logProbs, parameters } = policyForward(g, model);
  const weights = g.input('weights', [lossRows]);
  const loss = g.scope('loss', () => negate(g, total(g, multiply(g, weights, logProbs))));
  return g.finish({ loss, logProbs, gradient: gradientOf(g, loss, parameters) });
}

/**
 * PPO's clipped surrogate, arXiv:1707.06347, equation 7, as a loss:
 *
 *   ratio = exp(clamp(logProbs - oldLogProbs, -20, 20))
 *   loss  = sum(weights * max(-advantages * ratio, -advantages * clip(ratio, 1 - epsilon, 1 + epsilon)))
 *
 * The clamp is OpenRLHF's: a ratio of e^20 is broken already and must not become infinite. `weights`
 * hold mask / (number of completion tokens in the whole minibatch), so the sum over micro-batches is
 * the mean over tokens however they are cut.
 *
 * Inputs beside those of `logProbGraph`: `weights`, `oldLogProbs`, `advantages` [M]. Outputs as
 * `supervisedGraph`.
 */
export function clippedPolicyGraph(model: TrainedModel, clipRange: number): Graph {
  const g = new GraphBuilder();
  const { logProbs, parameters } = policyForward(g, model);
  const perRow = (name: string): Value => g.input(name, [lossRows]);
  const [weights, oldLogProbs, advantages] = [perRow('weights'), perRow('oldLogProbs'), perRow('advantages')];
  const loss = g.scope('loss', () => {
    const ratio = exp(g, clamp(g, subtract(g, logProbs, oldLogProbs), -20, 20), 'ratio');
    const clipped = clamp(g, ratio, 1 - clipRange, 1 + clipRange);
    const worse = minimum(g, multiply(g, advantages, ratio), multiply(g, advantages, clipped));
    return negate(g, total(g, multiply(g, weights, worse)));
  });
  return g.finish({ loss, logProbs, gradient: gradientOf(g, loss, parameters) });
}

/** The gradient of a loss with respect to every trained tensor, flat: [size]. */
export function gradientOf(g: GraphBuilder, loss: Value, { layout, bySlot }: ParameterValues): Value {
  const leaves = layout.slots.map(({ name }) => bySlot.get(name)!);
  return joinGradients(g, layout, appendBackward(g, loss, leaves));
}

/** The sum of all elements, as a tensor without axes. */
export function total(g: GraphBuilder, x: Value): Value {
  return reshape(
    g,
    sum(
      g,
      x,
      x.shape.map((_, axis) => axis),
    ),
    [],
  );
}

/** x held between two bounds. */
export function clamp(g: GraphBuilder, x: Value, low: number, high: number): Value {
  return minimum(g, maximum(g, x, g.scalar(low)), g.scalar(high));
}

function policyForward(
  g: GraphBuilder,
  model: TrainedModel,
): { readonly logProbs: Value; readonly parameters: ParameterValues } {
  const { hidden, parameters } = trainingForward(g, model);
  const targets = g.input('targets', [lossRows], 'int32');
  const inverseTemperature = g.input('inverseTemperature', []);
  return { logProbs: tokenLogProbs(g, model.config, { hidden, targets, inverseTemperature }), parameters };
}
