import { invariant } from '../invariant.ts';
import type { Dim, Shape } from './dims.ts';
import type { DType, Graph, Value, WeightNode } from './ir.ts';
import type { OnnxAttributes, OnnxEmitter } from './onnxEmitter.ts';
import { encodeOnnxModel, externalLocation, onnxAttributeType, onnxDType } from './onnxProto.ts';
import { ruleOf } from './opTable.ts';

/** Where a frozen weight's bytes stand: ONNX Runtime maps them into memory from there. */
export interface ExternalWeight {
  /** File name, relative to the folder that the session is told. */
  readonly file: string;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** Opset 20 is the first with everything used here in its present form; ONNX Runtime 1.30 knows it. */
const opset = 20;

/**
 * The ONNX name of an output: its node's own, so that nothing is copied; an input or a weight cannot
 * be an output of ONNX itself and is copied under a name of its own.
 */
export function outputNameOf({ name, value }: Graph['outputs'][number]): string {
  return value.kind === 'op' ? value.name : `out:${name}`;
}

/** The graph as an ONNX model whose weights stay in their own file. */
export function writeOnnx(graph: Graph, weightAt: (weightName: string) => ExternalWeight): Uint8Array {
  const writer = new OnnxWriter(graph, weightAt);
  return writer.encode();
}

type Proto = Readonly<Record<string, unknown>>;

class OnnxWriter implements OnnxEmitter {
  readonly #graph: Graph;
  readonly #weightAt: (weightName: string) => ExternalWeight;
  readonly #nodes: Proto[] = [];
  readonly #initializers: Proto[] = [];
  readonly #names = new Map<Value, string>();
  /** Results that several nodes share, by what they hold. */
  readonly #shared = new Map<string, string>();

  constructor(graph: Graph, weightAt: (weightName: string) => ExternalWeight) {
    this.#graph = graph;
    this.#weightAt = weightAt;
  }

  encode(): Uint8Array {
    for (const value of this.#graph.nodes) this.#names.set(value, this.#write(value));
    const outputs = this.#graph.outputs.map((output) => this.#writeOutput(output));
    const inputs = this.#graph.nodes
      .filter((value) => value.kind === 'input')
      .map(({ name, dtype, shape }) => valueInfo(name, dtype, shape));
    return encodeOnnxModel({
      irVersion: 9,
      producerName: 'attune',
      opsetImport: [
        { domain: '', version: opset },
        { domain: 'com.microsoft', version: 1 },
      ],
      graph: {
        name: 'attune',
        node: this.#nodes,
        initializer: this.#initializers,
        input: inputs,
        output: outputs,
        valueInfo: this.#sizesInBetween(),
      },
    });
  }

  /**
   * The sizes of everything computed on the way, symbols in them. ONNX Runtime reuses the memory of
   * tensors whose sizes it knows to be equal; where it has to guess them, it compares every tensor
   * with every one before it: 18 s instead of 1 s for a training graph.
   */
  #sizesInBetween(): Proto[] {
    return this.#graph.nodes
      .filter(({ kind }) => kind === 'op')
      .map((value) => valueInfo(this.nameOf(value), value.dtype, value.shape));
  }

  readonly nameOf = (value: Value): string => {
    const name = this.#names.get(value);
    invariant(name !== undefined, `${value.name} is used before it is computed`);
    return name;
  };

  node(
    onnxType: string,
    inputs: readonly string[],
    options: {
      readonly attributes?: OnnxAttributes;
      readonly domain?: string;
      readonly result?: string;
      readonly moreResults?: readonly string[];
    } = {},
  ): string {
    const result = options.result ?? `${onnxType}#${this.#nodes.length}`;
    const attribute = Object.entries(options.attributes ?? {}).map(encodeAttribute);
    this.#nodes.push({
      opType: onnxType,
      domain: options.domain ?? '',
      name: result,
      input: inputs,
      output: [result, ...(options.moreResults ?? [])],
      attribute,
    });
    return result;
  }

  int64(values: readonly number[]): string {
    return this.#once(`int64:${values.join(',')}`, (name) => {
      const data = BigInt64Array.from(values, BigInt);
      this.#initializers.push(inlineTensor(name, 'int64', [values.length], data));
      return name;
    });
  }

  float(value: number): string {
    return this.#once(`float32:${value}`, (name) => {
      this.#initializers.push(inlineTensor(name, 'float32', [], Float32Array.of(value)));
      return name;
    });
  }

  uint8(value: number): string {
    return this.#once(`uint8:${value}`, (name) => {
      this.#initializers.push(inlineTensor(name, 'uint8', [], Uint8Array.of(value)));
      return name;
    });
  }

  shapeTensor(shape: Shape): string {
    if (shape.every((dim) => typeof dim === 'number')) return this.int64(shape);
    if (shape.length === 1) return this.#dimTensor(shape[0]!);
    return this.#once(`shape:${shape.join(',')}`, () =>
      this.node(
        'Concat',
        shape.map((dim) => this.#dimTensor(dim)),
        { attributes: { axis: 0 } },
      ),
    );
  }

  reshapeTarget(shape: Shape): string {
    const unknown = shape.filter((dim) => typeof dim === 'string');
    if (unknown.length > 1) return this.shapeTensor(shape);
    return this.int64(shape.map((dim) => (typeof dim === 'number' ? dim : -1)));
  }

  castToFloat(input: string, result?: string): string {
    return this.node('Cast', [input], {
      attributes: { to: onnxDType.float32 },
      ...(result === undefined ? {} : { result }),
    });
  }

  castToInt64(input: string): string {
    return this.node('Cast', [input], { attributes: { to: onnxDType.int64 } });
  }

  #writeOutput(output: Graph['outputs'][number]): Proto {
    const name = outputNameOf(output);
    const { value } = output;
    if (this.nameOf(value) !== name) this.node('Identity', [this.nameOf(value)], { result: name });
    return valueInfo(name, value.dtype, value.shape);
  }

  #write(value: Value): string {
    switch (value.kind) {
      case 'input':
        return value.name;
      case 'weight':
        this.#initializers.push(externalTensor(value, this.#weightAt(value.weightName)));
        return value.name;
      case 'constant':
        this.#initializers.push(
          inlineTensor(value.name, 'float32', value.shape, Float32Array.from(value.data)),
        );
        return value.name;
      case 'op':
        return ruleOf(value.op).lower(this, value);
    }
  }

  /** One size as an int64 tensor [1]. */
  #dimTensor(dim: Dim): string {
    if (typeof dim === 'number') return this.int64([dim]);
    return this.#once(`dim:${dim}`, () => {
      const terms = dim.split('+').map((term) => this.#productTensor(term));
      return terms.reduce((sum, term) => this.node('Add', [sum, term]));
    });
  }

  #productTensor(term: string): string {
    const factors = term.split('*').map((factor) => {
      const value = Number(factor);
      return Number.isInteger(value) ? this.int64([value]) : this.#symbolTensor(factor);
    });
    return factors.reduce((product, factor) => this.node('Mul', [product, factor]));
  }

  /** A symbol's value, read off the first input that has it as a size. */
  #symbolTensor(symbol: string): string {
    return this.#once(`symbol:${symbol}`, () => {
      const input = this.#graph.nodes.find((node) => node.kind === 'input' && node.shape.includes(symbol));
      invariant(input !== undefined, `no input has a size ${symbol}`);
      const axis = input.shape.indexOf(symbol);
      return this.node('Shape', [input.name], { attributes: { start: axis, end: axis + 1 } });
    });
  }

  #once(key: string, make: (name: string) => string): string {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const made = make(key);
    this.#shared.set(key, made);
    return made;
  }
}

function encodeAttribute([name, value]: [string, OnnxAttributes[string]]): Proto {
  if (typeof value === 'string') return { name, type: onnxAttributeType.string, s: Buffer.from(value) };
  if (typeof value !== 'number') return { name, type: onnxAttributeType.ints, ints: value };
  return isFloatAttribute(name)
    ? { name, type: onnxAttributeType.float, f: value }
    : { name, type: onnxAttributeType.int, i: value };
}

/** ONNX tells the integer 1 from the float 1.0; of the attributes used here these are floats. */
function isFloatAttribute(name: string): boolean {
  return ['alpha', 'beta', 'epsilon', 'scale'].includes(name);
}

function valueInfo(name: string, dtype: DType, shape: Shape): Proto {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: onnxDType[dtype], shape: { dim } } } };
}

function inlineTensor(
  name: string,
  dtype: keyof typeof onnxDType,
  dims: Shape,
  data: BigInt64Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>,
): Proto {
  return { name, dataType: onnxDType[dtype], dims, rawData: new Uint8Array(data.buffer) };
}

function externalTensor({ name, dtype, shape }: WeightNode, at: ExternalWeight): Proto {
  return {
    name,
    dataType: onnxDType[dtype],
    dims: shape,
    dataLocation: externalLocation,
    externalData: [
      { key: 'location', value: at.file },
      { key: 'offset', value: String(at.byteOffset) },
      { key: 'length', value: String(at.byteLength) },
    ],
  };
}
