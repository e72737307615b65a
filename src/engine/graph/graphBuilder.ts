import { invariant } from '../invariant.ts';
import { elementCount, type Shape } from './dims.ts';
import {
  inputsOf,
  type ConstantNode,
  type DType,
  type Graph,
  type InputNode,
  type OpNode,
  type Value,
  type WeightNode,
} from './ir.ts';
import { ruleOf } from './opTable.ts';
import type { OpAttributes, OpName } from './ops/attributes.ts';

/** Grows one graph node by node; every node is checked by its shape rule as it is added. */
export class GraphBuilder {
  readonly #scopes: string[] = [];
  readonly #names = new Set<string>();
  readonly #scalars = new Map<number, ConstantNode>();
  readonly #weights = new Map<string, WeightNode>();
  #nextId = 0;

  /** Runs `build` with `name` in front of the names of all nodes it adds. */
  scope<T>(name: string, build: () => T): T {
    this.#scopes.push(name);
    try {
      return build();
    } finally {
      this.#scopes.pop();
    }
  }

  /** A tensor fed at every run under exactly this name. */
  input(name: string, shape: Shape, dtype: DType = 'float32'): InputNode {
    invariant(!this.#names.has(name), `the graph has two inputs named ${name}`);
    this.#names.add(name);
    return { kind: 'input', id: this.#nextId++, name, shape, dtype };
  }

  /** A frozen tensor of the model file; asked for twice, it is the same node. */
  weight(weightName: string, shape: Shape, dtype: DType = 'float32'): WeightNode {
    const known = this.#weights.get(weightName);
    if (known !== undefined) return known;
    const node: WeightNode = {
      kind: 'weight',
      id: this.#nextId++,
      name: this.#uniqueName(weightName, false),
      shape,
      dtype,
      weightName,
    };
    this.#weights.set(weightName, node);
    return node;
  }

  /** A small tensor written into the graph. */
  constant(name: string, shape: Shape, data: readonly number[] | Float32Array): ConstantNode {
    invariant(
      elementCount(shape) === data.length,
      () => `${name}: ${data.length} values for ${elementCount(shape)}`,
    );
    return {
      kind: 'constant',
      id: this.#nextId++,
      name: this.#uniqueName(name),
      shape,
      dtype: 'float32',
      data,
    };
  }

  /** The number as a tensor without axes; asked for twice, it is the same node. */
  scalar(value: number): ConstantNode {
    const known = this.#scalars.get(value);
    if (known !== undefined) return known;
    const node = this.constant(`scalar(${value})`, [], [value]);
    this.#scalars.set(value, node);
    return node;
  }

  /** Applies an operation. Throws EngineError 'shapeMismatch' when its shape rule refuses the inputs. */
  apply<O extends OpName>(
    op: O,
    inputs: readonly Value[],
    attributes: OpAttributes[O],
    name: string = op,
  ): OpNode<O> {
    const fullName = this.#uniqueName(name);
    const { shape, dtype } = ruleOf(op).shape(inputs, attributes, fullName);
    return { kind: 'op', id: this.#nextId++, op, inputs, attributes, name: fullName, shape, dtype };
  }

  /** The graph that gives these outputs, without any node they do not need. */
  finish(outputs: Readonly<Record<string, Value>>): Graph {
    const named = Object.entries(outputs).map(([name, value]) => ({ name, value }));
    return { nodes: nodesBehind(named.map(({ value }) => value)), outputs: named };
  }

  #uniqueName(name: string, isScoped = true): string {
    const scoped = isScoped ? [...this.#scopes, name].join('/') : name;
    let unique = scoped;
    for (let count = 2; this.#names.has(unique); count++) unique = `${scoped}.${count}`;
    this.#names.add(unique);
    return unique;
  }
}

/** All nodes that the values are computed from, themselves included, in order of creation. */
export function nodesBehind(values: readonly Value[]): Value[] {
  const found = new Set<Value>();
  const pending = [...values];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (found.has(value)) continue;
    found.add(value);
    pending.push(...inputsOf(value));
  }
  return [...found].sort((a, b) => a.id - b.id);
}
