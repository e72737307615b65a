import { quoted } from '../../../sentences/sentence.ts';
import { EngineError } from '../../errors.ts';
import { formatShape, type Dim, type Shape } from '../dims.ts';
import type { Value } from '../ir.ts';

/** The error of a shape rule, for whoever builds a graph: which node, which shapes, what was expected. */
export function shapeMismatch(name: string, inputs: readonly Value[], expected: string): EngineError {
  const shapes = inputs.map((input) => formatShape(input.shape)).join(', ');
  return new EngineError('shapeMismatch', quoted(`${name}: inputs ${shapes}; ${expected}`), { node: name });
}

/** The shape two tensors broadcast to, by numpy's rules; sizes are equal or one of them is 1. */
export function broadcastShapes(a: Value, b: Value, name: string): Shape {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, i): Dim => {
    const dimA = a.shape[i - rank + a.shape.length] ?? 1;
    const dimB = b.shape[i - rank + b.shape.length] ?? 1;
    if (dimA !== dimB && dimA !== 1 && dimB !== 1) throw shapeMismatch(name, [a, b], 'they do not broadcast');
    return dimA === 1 ? dimB : dimA;
  });
}

/** The size of an axis; negative axes count from the end. */
export function dimAt(value: Value, axis: number): Dim {
  const dim = value.shape.at(axis);
  if (dim === undefined) throw shapeMismatch(value.name, [value], `there is no axis ${axis}`);
  return dim;
}

/** A value's shape with one size replaced; negative axes count from the end. */
export function withDim(value: Value, axis: number, dim: Dim): Shape {
  dimAt(value, axis);
  return value.shape.with(axis, dim);
}
