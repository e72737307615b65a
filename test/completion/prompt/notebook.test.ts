import { describe, expect, it } from 'vitest';
import { maxPrefixChars, maxSuffixChars } from '../../../src/completion/prompt/context.ts';
import { aroundCell, type Cell } from '../../../src/completion/prompt/notebook.ts';

/** Cells in Python unless they are named otherwise, the wanted one marked by its text `█`. */
function around(...cells: readonly (string | readonly [languageId: string, text: string])[]) {
  const read: string[] = [];
  const asCell = (cell: (typeof cells)[number]): Cell => {
    const [languageId, text] = typeof cell === 'string' ? ['python', cell] : cell;
    return {
      languageId,
      text: () => {
        read.push(text);
        return text;
      },
    };
  };
  return { ...aroundCell(cells.map(asCell), cells.indexOf('█')), read };
}

describe('aroundCell', () => {
  it('gives the cells above and below as one script with blank lines between them', () => {
    expect(around('import numpy', 'a = 1', '█', 'print(a)', 'print(b)')).toMatchObject({
      above: 'import numpy\n\na = 1\n\n',
      below: '\n\nprint(a)\n\nprint(b)',
    });
  });

  it('leaves out cells in other languages and blank ones', () => {
    const others = ['markdown', '# Prices'] as const;
    expect(around('a = 1', others, '  \n', '█', '', others, 'b = 2')).toMatchObject({
      above: 'a = 1\n\n',
      below: '\n\nb = 2',
    });
  });

  it('gives nothing around the only cell', () => {
    expect(around('█')).toMatchObject({ above: '', below: '' });
  });

  it('reads no further than a context reaches, and gives whole cells', () => {
    const [long, far] = ['x'.repeat(maxPrefixChars), 'far'];
    const below = 'y'.repeat(maxSuffixChars);
    const { read, ...given } = around(far, long, 'near', '█', below, far);
    expect(given).toEqual({ above: `${long}\n\nnear\n\n`, below: `\n\n${below}` });
    expect(read.toSorted()).toEqual([long, 'near', below].toSorted());
  });
});
