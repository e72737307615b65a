/** A dense float64 tensor with known sizes: what the interpreter computes with. */
export interface Nd {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Product of the sizes. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** A tensor whose elements are given by their flat index. */
export function fillNd(shape: readonly number[], element: (index: number) => number): Nd {
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = element(i);
  return { shape, data };
}

/** Elements between neighbours along each axis, for row-major order. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** The coordinates of a flat index. */
export function coordinatesOf(index: number, shape: readonly number[]): number[] {
  const strides = stridesOf(shape);
  return shape.map((dim, axis) => Math.floor(index / strides[axis]!) % dim);
}

/** Reads `source` at coordinates of a shape it broadcasts to (numpy rules). */
export function readBroadcast(source: Nd, coordinates: readonly number[]): number {
  const strides = stridesOf(source.shape);
  const skipped = coordinates.length - source.shape.length;
  let index = 0;
  source.shape.forEach((dim, axis) => {
    if (dim !== 1) index += coordinates[skipped + axis]! * strides[axis]!;
  });
  return source.data[index]!;
}
