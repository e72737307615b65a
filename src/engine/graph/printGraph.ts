import { formatShape } from './dims.ts';
import { inputsOf, type Graph, type Value } from './ir.ts';

/** The graph as text, one line a node: `name [shape] = op(inputs) {attributes}`. For snapshots and for reading. */
export function printGraph(graph: Graph): string {
  const lines = graph.nodes.map(printNode);
  const outputs = graph.outputs.map(({ name, value }) => `output ${name} = ${value.name}`);
  return [...lines, ...outputs].join('\n');
}

function printNode(node: Value): string {
  const type = `${formatShape(node.shape)}${node.dtype === 'float32' ? '' : ` ${node.dtype}`}`;
  if (node.kind !== 'op') return `${node.name} ${type} = ${node.kind}`;
  const inputs = inputsOf(node).map((input) => input.name);
  const attributes = Object.entries(node.attributes).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}`,
  );
  const suffix = attributes.length === 0 ? '' : ` {${attributes.join(', ')}}`;
  return `${node.name} ${type} = ${node.op}(${inputs.join(', ')})${suffix}`;
}
