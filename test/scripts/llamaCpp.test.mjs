import { expect, it } from 'vitest';
import { compiledShare } from '../../scripts/setup/llamaCpp.mjs';

it.each([
  ['[ 12%] Building CXX object a.o\n[ 50%] Building b.o', 0.5],
  ['[107/214] Linking CXX executable', 0.5],
  ['[100%] Built target llama-server', 1],
  ['-- Configuring done', undefined],
])('reads from %j how far a compilation is', (text, share) => {
  expect(compiledShare(text)).toBe(share);
});
