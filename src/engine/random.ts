/**
 * Random numbers that a seed and a name fix: the same stream gives the same draws on every machine.
 *
 * xoshiro128** of Blackman and Vigna (arXiv:1805.01407, section 5), seeded by splitmix32 over a
 * 32-bit FNV-1a hash of the name. The state is plain data, so a checkpoint can hold it.
 */
export class RandomStream {
  readonly #state: Uint32Array;

  private constructor(state: Uint32Array) {
    this.#state = state;
  }

  /** The stream `name` of a run seeded with `seed`; other names give independent streams. */
  static named(seed: number, name: string): RandomStream {
    let mixed = (fnv1a(name) ^ Math.imul(seed | 0, 0x9e3779b9)) >>> 0;
    const state = new Uint32Array(4);
    for (let i = 0; i < 4; i++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      state[i] = splitmix32(mixed);
    }
    return new RandomStream(state);
  }

  static restored(state: readonly number[]): RandomStream {
    return new RandomStream(Uint32Array.from(state));
  }

  state(): number[] {
    return Array.from(this.#state);
  }

  /** 32 random bits. */
  nextUint32(): number {
    const s = this.#state;
    const result = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = rotateLeft(s[3]!, 11);
    return result;
  }

  /** Uniform in [0, 1) with 53 bits. */
  nextUniform(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Standard normal, by Box and Muller (1958). */
  nextNormal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.nextUniform()));
    return radius * Math.cos(2 * Math.PI * this.nextUniform());
  }

  /** Uniform integer in [0, limit). */
  nextBelow(limit: number): number {
    return Math.floor(this.nextUniform() * limit);
  }

  /** The items in a random order (Fisher and Yates); the input stays as it is. */
  shuffled<T>(items: readonly T[]): T[] {
    const order = [...items];
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.nextBelow(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function splitmix32(seed: number): number {
  let z = seed;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

function rotateLeft(value: number, bits: number): number {
  return ((value << bits) | (value >>> (32 - bits))) >>> 0;
}
