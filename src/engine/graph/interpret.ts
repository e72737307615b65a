import { invariant } from '../invariant.ts';
import { evaluateDim, type Dim, type Shape } from './dims.ts';
import type { Graph, OpNode, Value } from './ir.ts';
import { sizeOf, type Nd } from './nd.ts';
import { ruleOf } from './opTable.ts';

/** Numbers for a graph: by the name of the input, or by the weight's name in the model file. */
export interface InterpreterFeeds {
  readonly inputs: Readonly<Record<string, Nd>>;
  readonly weights?: (weightName: string) => ArrayLike<number>;
}

/**
 * The outputs of a graph in float64, one node after the other and one element after the other.
 * Slow and plain on purpose: it is what the fast paths are checked against.
 */
export function interpretGraph(graph: Graph, feeds: InterpreterFeeds): Record<string, Nd> {
  const symbols = bindSymbols(graph, feeds.inputs);
  const results = new Map<Value, Nd>();
  for (const node of graph.nodes) results.set(node, evaluateNode(node, results, { feeds, symbols }));
  return Object.fromEntries(graph.outputs.map(({ name, value }) => [name, results.get(value)!]));
}

interface Bindings {
  readonly feeds: InterpreterFeeds;
  readonly symbols: ReadonlyMap<string, number>;
}

function evaluateNode(node: Value, results: ReadonlyMap<Value, Nd>, { feeds, symbols }: Bindings): Nd {
  const shape = node.shape.map((dim) => evaluateDim(dim, symbols));
  switch (node.kind) {
    case 'input':
      return feeds.inputs[node.name]!;
    case 'weight': {
      invariant(feeds.weights !== undefined, `${node.name}: no weights were given`);
      return { shape, data: Float64Array.from(feeds.weights(node.weightName)) };
    }
    case 'constant':
      return { shape, data: Float64Array.from(node.data) };
    case 'op': {
      const inputs = node.inputs.map((input) => results.get(input)!);
      return ruleOf(node.op).interpret(inputs, bindAttributes(node, symbols) as never, shape);
    }
  }
}

/** The values of the symbols, read off the inputs' sizes. */
function bindSymbols(graph: Graph, inputs: Readonly<Record<string, Nd>>): Map<string, number> {
  const symbols = new Map<string, number>();
  for (const node of graph.nodes) {
    if (node.kind !== 'input') continue;
    const given = inputs[node.name];
    invariant(given !== undefined, `nothing is fed to ${node.name}`);
    invariant(given.data.length === sizeOf(given.shape), `${node.name}: sizes and values do not agree`);
    node.shape.forEach((dim, axis) => bindDim(symbols, node.name, dim, given.shape[axis]));
  }
  return symbols;
}

function bindDim(symbols: Map<string, number>, name: string, dim: Dim, size: number | undefined): void {
  const known = typeof dim === 'number' ? dim : symbols.get(dim);
  invariant(size !== undefined && (known ?? size) === size, `${name}: size ${dim} is fed as ${size}`);
  if (typeof dim === 'string') symbols.set(dim, size);
}

/** The attributes with every symbolic size replaced by its value. */
function bindAttributes(node: OpNode, symbols: ReadonlyMap<string, number>): Record<string, unknown> {
  const bind = (value: unknown): unknown => {
    if (typeof value === 'string') return evaluateDim(value, symbols);
    return Array.isArray(value) ? (value as Shape).map((dim) => evaluateDim(dim, symbols)) : value;
  };
  return Object.fromEntries(Object.entries(node.attributes).map(([key, value]) => [key, bind(value)]));
}
