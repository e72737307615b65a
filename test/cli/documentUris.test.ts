import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentUrisOf } from '../../src/cli/documentUris.ts';

describe('documentUrisOf', () => {
  it.each(['file:///a/b.ts', 'untitled:Untitled-1', 'vscode-notebook-cell:/a.ipynb#X'])(
    'takes the URI %s as it is',
    (uri) => {
      expect(documentUrisOf(uri)).toEqual([uri]);
    },
  );

  it('takes a path from where the user stands', () => {
    expect(documentUrisOf('src/main.ts')).toEqual([`file://${resolve('src/main.ts')}`]);
  });

  it('spells a path as Node does and as VS Code does', () => {
    expect(documentUrisOf('/work/@types/it’s (new) 1+1.ts')).toEqual([
      'file:///work/@types/it%E2%80%99s%20(new)%201+1.ts',
      'file:///work/%40types/it%E2%80%99s%20%28new%29%201%2B1.ts',
    ]);
  });
});
