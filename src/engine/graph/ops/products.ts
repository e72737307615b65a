import { batchMatMul, gemm } from '../build.ts';
import { sameShape, type Dim } from '../dims.ts';
import type { GraphBuilder } from '../graphBuilder.ts';
import type { Value } from '../ir.ts';
import { coordinatesOf, fillNd, readBroadcast, sizeOf, type Nd } from '../nd.ts';
import type { ProductAttributes } from './attributes.ts';
import { sumTo } from './elementwise.ts';
import type { OpRule } from './opRule.ts';
import { dimAt, shapeMismatch } from './shapeRules.ts';

type Product = (g: GraphBuilder, inputs: readonly [Value, Value], transposes: ProductAttributes) => Value;

/** The sizes [rows, inner, columns] of a product over the last two axes. */
function productDims(a: Value, b: Value, { transposeA, transposeB }: ProductAttributes, name: string): Dim[] {
  const [rows, innerA] = transposeA ? [dimAt(a, -1), dimAt(a, -2)] : [dimAt(a, -2), dimAt(a, -1)];
  const [innerB, columns] = transposeB ? [dimAt(b, -1), dimAt(b, -2)] : [dimAt(b, -2), dimAt(b, -1)];
  if (innerA !== innerB) throw shapeMismatch(name, [a, b], `inner sizes ${innerA} and ${innerB} differ`);
  return [rows, innerA, columns];
}

/**
 * The gradients of y = op(a)·op(b), where op transposes or not:
 * d op(a) = dy·op(b)^T and d op(b) = op(a)^T·dy, transposed back where the input was.
 */
function productGradients(
  product: Product,
  { g, isWanted }: { readonly g: GraphBuilder; readonly isWanted: readonly boolean[] },
  [a, b]: readonly [Value, Value],
  {
    transposes: { transposeA, transposeB },
    dy,
  }: { readonly transposes: ProductAttributes; readonly dy: Value },
): (Value | undefined)[] {
  const da = (): Value =>
    transposeA
      ? product(g, [b, dy], { transposeA: transposeB, transposeB: true })
      : product(g, [dy, b], { transposeA: false, transposeB: !transposeB });
  const db = (): Value =>
    transposeB
      ? product(g, [dy, a], { transposeA: true, transposeB: transposeA })
      : product(g, [a, dy], { transposeA: !transposeA, transposeB: false });
  return [isWanted[0] ? da() : undefined, isWanted[1] ? db() : undefined];
}

/** One product of two matrices whose elements are read at (row, column). */
function matrixElement(
  readA: (row: number, k: number) => number,
  readB: (k: number, column: number) => number,
  { row, column, inner }: { readonly row: number; readonly column: number; readonly inner: number },
): number {
  let total = 0;
  for (let k = 0; k < inner; k++) total += readA(row, k) * readB(k, column);
  return total;
}

/** Element (row, column) of the matrix that starts at `offset`, transposed or not. */
function matrixReader(x: Nd, isTransposed: boolean, offset = 0): (row: number, column: number) => number {
  const columns = x.shape.at(-1)!;
  return isTransposed
    ? (row, column) => x.data[offset + column * columns + row]!
    : (row, column) => x.data[offset + row * columns + column]!;
}

/** y = op(a)·op(b) + c. A frozen weight stays [out,in] and serves forward and backward without a copy. */
const gemmRule: OpRule<ProductAttributes> = {
  shape: (inputs, attributes, name) => {
    const [a, b] = inputs as [Value, Value];
    if (a.shape.length !== 2 || b.shape.length !== 2)
      throw shapeMismatch(name, inputs, 'two matrices expected');
    const [rows, , columns] = productDims(a, b, attributes, name);
    return { shape: [rows!, columns!], dtype: a.dtype };
  },
  gradient: (context, node, dy) => {
    const [a, b, c] = node.inputs as [Value, Value, Value?];
    const gradients = productGradients(gemm, context, [a, b], { transposes: node.attributes, dy });
    if (c === undefined) return gradients;
    return [...gradients, context.isWanted[2] ? sumTo(context.g, dy, c.shape) : undefined];
  },
  interpret: ([a, b, c], { transposeA, transposeB }, shape) => {
    const readA = matrixReader(a!, transposeA);
    const readB = matrixReader(b!, transposeB);
    const inner = a!.shape[transposeA ? 0 : 1]!;
    return fillNd(shape, (index) => {
      const [row, column] = coordinatesOf(index, shape) as [number, number];
      const added = c === undefined ? 0 : readBroadcast(c, [row, column]);
      return matrixElement(readA, readB, { row, column, inner }) + added;
    });
  },
  lower: (onnx, node) =>
    onnx.node('Gemm', node.inputs.map(onnx.nameOf), {
      attributes: { transA: Number(node.attributes.transposeA), transB: Number(node.attributes.transposeB) },
      result: node.name,
    }),
};

/** y[i] = op(a[i])·op(b[i]) for every index i of the leading axes, which must agree. */
const batchMatMulRule: OpRule<ProductAttributes> = {
  shape: (inputs, attributes, name) => {
    const [a, b] = inputs as [Value, Value];
    const leading = a.shape.slice(0, -2);
    if (!sameShape(leading, b.shape.slice(0, -2))) throw shapeMismatch(name, inputs, 'leading axes differ');
    const [rows, , columns] = productDims(a, b, attributes, name);
    return { shape: [...leading, rows!, columns!], dtype: a.dtype };
  },
  gradient: (context, node, dy) =>
    productGradients(batchMatMul, context, node.inputs as [Value, Value], {
      transposes: node.attributes,
      dy,
    }),
  interpret: ([a, b], { transposeA, transposeB }, shape) => {
    const matrixOf = (x: Nd): number => sizeOf(x.shape.slice(-2));
    const inner = a!.shape.at(transposeA ? -2 : -1)!;
    const [rows, columns] = shape.slice(-2) as [number, number];
    return fillNd(shape, (index) => {
      const matrix = Math.floor(index / (rows * columns));
      const within = index % (rows * columns);
      return matrixElement(
        matrixReader(a!, transposeA, matrix * matrixOf(a!)),
        matrixReader(b!, transposeB, matrix * matrixOf(b!)),
        { row: Math.floor(within / columns), column: within % columns, inner },
      );
    });
  },
  lower: (onnx, node) => {
    const inputs = node.inputs.map(onnx.nameOf);
    const { transposeA, transposeB } = node.attributes;
    if (!transposeA && !transposeB) return onnx.node('MatMul', inputs, { result: node.name });
    return onnx.node('FusedMatMul', inputs, {
      attributes: { transA: Number(transposeA), transB: Number(transposeB), alpha: 1.0 },
      domain: 'com.microsoft',
      result: node.name,
    });
  },
};

export const productRules = { gemm: gemmRule, batchMatMul: batchMatMulRule } as const;
