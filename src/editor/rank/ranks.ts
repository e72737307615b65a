/** The rank of each alternative as displayed: 1 is best, equal numbers are ties, null is not ranked. */
export type Ranks = readonly (number | null)[];

/** The alternatives with a rank, best first; ties in the order in which they are displayed. */
export function rankedIn(ranks: Ranks): number[] {
  return indicesOf(ranks)
    .filter((index) => ranks[index] !== null)
    .sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0) || a - b);
}

/** The alternatives without a rank, as displayed. */
export function unrankedIn(ranks: Ranks): number[] {
  return indicesOf(ranks).filter((index) => ranks[index] === null);
}

/** The ranks after one alternative was given a number, or none. The others keep theirs. */
export function withRank(ranks: Ranks, index: number, rank: number | null): Ranks {
  return ranks.with(index, rank);
}

/**
 * The ranks after one alternative was put at a position among the ranked ones. It gets a rank of its
 * own, except between two that tie: there it ties with them.
 */
export function withMoved(ranks: Ranks, index: number, position: number): Ranks {
  const others = rankedIn(ranks.with(index, null));
  const [above, below] = [others[position - 1], others[position]];
  const between = above !== undefined && below !== undefined && ranks[above] === ranks[below];
  const shifted = ranks.map((rank, other) => {
    if (rank === null || other === index || between) return rank;
    return others.indexOf(other) >= position ? rank + 1 : rank;
  });
  const own = between ? ranks[above] : above === undefined ? 1 : (ranks[above] ?? 0) + 1;
  return denseRanks(shifted.with(index, own ?? 1));
}

/** The same order with the numbers 1, 2, 3 and so on, none of them left out. */
export function denseRanks(ranks: Ranks): Ranks {
  const used = [...new Set(ranks.filter((rank) => rank !== null))].sort((a, b) => a - b);
  return ranks.map((rank) => (rank === null ? null : used.indexOf(rank) + 1));
}

/** Whether the ranks say that some alternative is at least as good as another. */
export function saysSomething(ranks: Ranks): boolean {
  return rankedIn(ranks).length >= 2;
}

function indicesOf(ranks: Ranks): number[] {
  return Array.from(ranks.keys());
}
