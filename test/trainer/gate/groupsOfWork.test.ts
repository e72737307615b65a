import { expect, it } from 'vitest';
import { groupsOfWork } from '../../../src/trainer/gate/groupsOfWork.ts';

const places = (documents: number, each: number) =>
  Array.from({ length: documents * each }, (_, i) => ({ documentUri: `d${i % documents}`, atMs: i }));

it('takes documents for groups where there are enough', () => {
  const groups = groupsOfWork(places(6, 3));
  expect(groups).toHaveLength(6);
  for (const group of groups) expect(new Set(group.map(({ documentUri }) => documentUri)).size).toBe(1);
});

it('takes stretches of neighbouring prompts where there are few documents', () => {
  const groups = groupsOfWork(places(2, 10));
  expect(groups.map((group) => group.length)).toEqual([5, 5, 5, 5]);
});
