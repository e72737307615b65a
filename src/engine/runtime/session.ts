/** A tensor as it goes into a session and comes out of it. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int8Array | Uint8Array | Int32Array | BigInt64Array;
}

/** A graph ready to run. */
export interface Session {
  /**
   * Feeds the inputs by name and gives the outputs asked for (all without `outputs`). One run
   * blocks the thread until it ends: the caller splits long work.
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs?: readonly string[],
  ): Promise<Readonly<Record<string, Tensor>>>;
  /** Gives the session's memory back. */
  dispose(): Promise<void>;
}

/** The floats of an output. */
export function floatsOf(tensors: Readonly<Record<string, Tensor>>, name: string): Float32Array {
  const data = tensors[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`broken invariant: there is no float output ${name}`);
  return data;
}

/** Token ids or row numbers as a tensor. */
export function int32Tensor(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
  return { dims, data: Int32Array.from(values) };
}

/** Positions as a tensor. */
export function int64Tensor(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
  return { dims, data: BigInt64Array.from(values, BigInt) };
}

/** Floats as a tensor. */
export function floatTensor(data: Float32Array | readonly number[], dims?: readonly number[]): Tensor {
  return { dims: dims ?? [data.length], data: data instanceof Float32Array ? data : Float32Array.from(data) };
}
