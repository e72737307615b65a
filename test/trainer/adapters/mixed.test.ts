import { expect, it } from 'vitest';
import { mixed } from '../../../src/trainer/adapters/mixed.ts';

it('goes as far as it is told, and leaves both ends as they are', () => {
  const [from, to] = [Float32Array.of(0, 2, -4), Float32Array.of(1, 2, 4)];
  expect(mixed(from, to, 0.5)).toEqual(Float32Array.of(0.5, 2, 0));
  expect(mixed(from, to, 0)).toEqual(from);
  expect(mixed(from, to, 1)).toEqual(to);
  expect([from[0], to[0]]).toEqual([0, 1]);
});
