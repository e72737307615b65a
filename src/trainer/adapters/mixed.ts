/** The parameters at `share` of the way from some to others, 0 to 1; a new vector. */
export function mixed(from: Float32Array, to: Float32Array, share: number): Float32Array {
  return from.map((value, i) => value + share * (to[i]! - value));
}
