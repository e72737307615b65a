import { expect, it } from 'vitest';
import { inVsCodesSpelling } from '../../../src/feedback/files/documentSpelling.ts';

/** Node's `pathToFileURL(path).href` and VS Code's `Uri.file(path).toString()` of the same paths. */
const spellings = [
  ['file:///w/app/(auth)/[id].tsx', 'file:///w/app/%28auth%29/%5Bid%5D.tsx'],
  ["file:///w/@types/o'n+1&2.ts", 'file:///w/%40types/o%27n%2B1%262.ts'],
  ['file:///w/a%25b%23c%3Fd/%C3%BC!*~x.ts', 'file:///w/a%25b%23c%3Fd/%C3%BC%21%2A~x.ts'],
  ['file:///C:/Users/me/a%20b.ts', 'file:///c%3A/Users/me/a%20b.ts'],
  ['file://server/Share/a+.ts', 'file://server/Share/a%2B.ts'],
] as const;

it.each(spellings)('spells %s as VS Code does, and leaves that as it is', (nodes, vsCodes) => {
  expect(inVsCodesSpelling(nodes)).toBe(vsCodes);
  expect(inVsCodesSpelling(vsCodes)).toBe(vsCodes);
});

it.each(['untitled:Untitled (1)', 'vscode-notebook-cell:/w/(a).ipynb#W0', 'attune-import:team (2).jsonl'])(
  'leaves %s, which has one spelling',
  (uri) => {
    expect(inVsCodesSpelling(uri)).toBe(uri);
  },
);

it('takes a URI that is none, because a file of examples may hold any', () => {
  expect(inVsCodesSpelling('file:///a%zz\ud800.ts')).toMatch(/^file:\/\/\/a%25zz/);
});
