/** Merge i is of the token `lefts[i]` and of `rights[i]` behind it. */
export interface MergedPairs {
  readonly lefts: Uint32Array;
  readonly rights: Uint32Array;
}

/** Numbers of merges by a hash of their two tokens, each at the first free slot from there on; -1 is free. */
export function mergeSlots(pairs: MergedPairs): Int32Array<ArrayBuffer> {
  const { lefts, rights } = pairs;
  // A power of two, so that a hash is cut to it by a mask; at least half of it free, so that little is looked at.
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * lefts.length + 2))).fill(-1);
  // Of equal ones the last counts, as for the library that models are made with.
  lefts.forEach((left, merge) => (slots[slotOf(slots, pairs, left, rights[merge]!)] = merge));
  return slots;
}

/** The number of the merge of two tokens, -1 where there is none. */
export function findMerge(slots: Int32Array, pairs: MergedPairs, left: number, right: number): number {
  return slots[slotOf(slots, pairs, left, right)]!;
}

/** Where the merge of two tokens stands, or would stand. */
function slotOf(slots: Int32Array, { lefts, rights }: MergedPairs, left: number, right: number): number {
  const mask = slots.length - 1;
  let slot = hash(left, right) & mask;
  for (;;) {
    const merge = slots[slot]!;
    if (merge === -1 || (lefts[merge] === left && rights[merge] === right)) return slot;
    slot = (slot + 1) & mask;
  }
}

/** Spreads pairs of small numbers over 32 bits by two large odd factors (those of xxHash). */
function hash(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca77);
  return mixed ^ (mixed >>> 15);
}
