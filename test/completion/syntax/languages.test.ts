import { expect, it } from 'vitest';
import { languageIdOf } from '../../../src/completion/syntax/languages.ts';

it.each([
  ['src/main.ts', 'typescript'],
  ['SETUP.PY', 'python'],
  ['build.gradle.kts', 'kotlin'],
  ['analysis.R', 'r'],
  ['kernel.cxx', 'cpp'],
  ['notes.md', undefined],
  ['Makefile', undefined],
])('knows the language of %s', (path, languageId) => {
  expect(languageIdOf(path)).toBe(languageId);
});
