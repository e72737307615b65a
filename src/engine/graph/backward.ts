import { invariant } from '../invariant.ts';
import { add, gemm, reshape } from './build.ts';
import { elementCount, sameShape } from './dims.ts';
import { nodesBehind, type GraphBuilder } from './graphBuilder.ts';
import { inputsOf, type OpNode, type Value } from './ir.ts';
import { ruleOf } from './opTable.ts';

/**
 * Appends the gradients of a one-element `loss` with respect to `leaves`, by one walk back over the
 * nodes between them. The gradients are ordinary nodes, named `<node>/grad/...`.
 *
 * @returns one gradient per leaf, in the leaf's shape. A leaf that the loss does not depend on is a
 * broken invariant: it would be trained on nothing.
 */
export function appendBackward(g: GraphBuilder, loss: Value, leaves: readonly Value[]): Value[] {
  invariant(elementCount(loss.shape) === 1, () => `${loss.name}: a loss has one element`);
  const nodes = nodesBehind([loss]);
  const isOnPath = nodesBetween(nodes, leaves);
  const gradients = new Map<Value, Value>([[loss, reshape(g, g.scalar(1), loss.shape)]]);
  for (const node of nodes.toReversed()) {
    const dy = gradients.get(node);
    if (dy === undefined || node.kind !== 'op' || !isOnPath.has(node)) continue;
    const inputGradients = gradientsOfInputs(g, node, dy, isOnPath);
    node.inputs.forEach((input, i) => addGradient(g, gradients, input, inputGradients[i]));
  }
  return leaves.map((leaf) => {
    const gradient = gradients.get(leaf);
    invariant(gradient !== undefined, `${loss.name} does not depend on ${leaf.name}`);
    return gradient;
  });
}

/** The leaves and every node computed from one of them. */
function nodesBetween(nodes: readonly Value[], leaves: readonly Value[]): ReadonlySet<Value> {
  const found = new Set<Value>(leaves);
  for (const node of nodes) {
    if (inputsOf(node).some((input) => found.has(input))) found.add(node);
  }
  return found;
}

function gradientsOfInputs(
  g: GraphBuilder,
  node: OpNode,
  dy: Value,
  isOnPath: ReadonlySet<Value>,
): readonly (Value | undefined)[] {
  const isWanted = node.inputs.map((input) => isOnPath.has(input));
  const rule = ruleOf(node.op);
  const gradients = g.scope(`${node.name}/grad`, () =>
    rule.gradient?.({ g, isWanted }, node as OpNode & { readonly attributes: never }, dy),
  );
  invariant(gradients !== undefined, `${node.name}: ${node.op} has no gradient`);
  return gradients;
}

function addGradient(
  g: GraphBuilder,
  gradients: Map<Value, Value>,
  value: Value,
  gradient: Value | undefined,
): void {
  if (gradient === undefined) return;
  const before = gradients.get(value);
  gradients.set(value, before === undefined ? gradient : sumOf(g, before, gradient));
}

/** before + gradient; into the product itself where the gradient is one, which saves a pass over memory. */
function sumOf(g: GraphBuilder, before: Value, gradient: Value): Value {
  if (gradient.kind === 'op' && gradient.op === 'gemm' && gradient.inputs.length === 2) {
    invariant(sameShape(before.shape, gradient.shape), `${gradient.name}: a gradient of another shape`);
    const [a, b] = gradient.inputs as [Value, Value];
    return gemm(g, [a, b, before], (gradient as OpNode<'gemm'>).attributes, `${gradient.name}/sum`);
  }
  return add(g, before, gradient, `${gradient.name}/sum`);
}
