/**
 * What a stored record is to its user; of completions that were shown, what is taken as their opinion. By itself, for the
 * page that shows them.
 */
export const entryGroups = [
  ...(['wanted', 'refused', 'noOpinion', 'notOffered'] as const),
  ...(['ranking', 'written', 'imported'] as const),
] as const;

export type EntryGroup = (typeof entryGroups)[number];
