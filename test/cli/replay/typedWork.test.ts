import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProjectFile } from '../../../src/feedback/files/projectFiles.ts';
import {
  changesBetween,
  newerHalf,
  newestLines,
  oldTextOf,
  typedLines,
  type TypedDocument,
  type TypedRegion,
} from '../../../src/cli/replay/typedWork.ts';

const file = (path: string, text: string): ProjectFile => ({
  path,
  text,
  languageId: 'typescript',
  addedAtMs: 0,
});

/** What a document holds once its regions are applied from top to bottom. */
function applied({ before, regions }: Pick<TypedDocument, 'before' | 'regions'>): string {
  return regions.reduce(
    (text, { offset, deletedChars, typedText }) =>
      text.slice(0, offset) + typedText + text.slice(offset + deletedChars),
    before,
  );
}

const changeOf = (before: string, after: string) =>
  changesBetween([file('a.ts', before)], [file('a.ts', after)])[0];

const someLines = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', '', ' c', 'dd', '}', '😀')), fc.boolean())
  .map(([lines, isEnded]) => lines.join('\n') + (isEnded ? '\n' : ''));

describe('changesBetween', () => {
  const cases: [name: string, before: string, after: string, regions: TypedRegion[]][] = [
    ['a line added', 'a\nc\n', 'a\nb\nc\n', [{ offset: 2, deletedChars: 0, typedText: 'b\n' }]],
    ['a line replaced', 'a\nb\nc\n', 'a\nB\nc\n', [{ offset: 2, deletedChars: 2, typedText: 'B\n' }]],
    [
      'lines taken out at the end, after others were typed',
      'x\na\nb\n',
      'y\na\n',
      [
        { offset: 0, deletedChars: 2, typedText: 'y\n' },
        { offset: 4, deletedChars: 2, typedText: '' },
      ],
    ],
    [
      'places further down, counted in the text as it is by then',
      'a\nb\n',
      'A1\nA2\na\nb\nc\n',
      [
        { offset: 0, deletedChars: 0, typedText: 'A1\nA2\n' },
        { offset: 10, deletedChars: 0, typedText: 'c\n' },
      ],
    ],
    ['a document that is new', '', 'a\nb', [{ offset: 0, deletedChars: 0, typedText: 'a\nb' }]],
  ];

  it.each(cases)('finds %s', (_, before, after, regions) => {
    expect(changeOf(before, after)?.regions).toEqual(regions);
  });

  it.each([
    ['nothing', 'a\n', 'a\n'],
    ['only lines taken out', 'a\nb\n', 'a\n'],
    ['only blank lines put in', 'a\nb\n', 'a\n\nb\n'],
  ])('leaves out a document with %s', (_, before, after) => {
    expect(changeOf(before, after)).toBeUndefined();
  });

  it('leaves out hidden folders, which a version without git is read without', () => {
    const newer = ['.storybook/main.ts', 'a/.config/b.ts', 'a/.eslintrc.cjs', 'a.ts'];
    const changes = changesBetween(
      [],
      newer.map((path) => file(path, 'a\n')),
    );
    expect(changes.map(({ path }) => path)).toEqual(['a/.eslintrc.cjs', 'a.ts']);
  });

  it('gives the new text when the regions are applied, whatever the texts', () => {
    fc.assert(
      fc.property(someLines, someLines, (before, after) => {
        const change = changeOf(before, after);
        if (change !== undefined) expect(applied(change)).toBe(after);
      }),
    );
  });
});

describe('newerHalf', () => {
  it('takes the files behind the half of all lines, each typed from an empty document', () => {
    const files = [
      file('1.ts', 'a\n'.repeat(6)),
      file('2.ts', 'b\n'.repeat(3)),
      file('3.ts', 'c\n'.repeat(3)),
    ];
    expect(newerHalf(files)).toEqual([
      {
        path: '2.ts',
        languageId: 'typescript',
        before: '',
        regions: [{ offset: 0, deletedChars: 0, typedText: 'b\nb\nb\n' }],
      },
      expect.objectContaining({ path: '3.ts' }),
    ]);
  });

  it('takes a single file whole', () => {
    expect(newerHalf([file('1.ts', 'a\nb\n')])).toHaveLength(1);
  });
});

describe('newestLines', () => {
  const document = (path: string, ...typedTexts: string[]): TypedDocument => ({
    path,
    languageId: 'typescript',
    before: '',
    regions: typedTexts.map((typedText) => ({ offset: 0, deletedChars: 0, typedText })),
  });
  const textsOf = (documents: readonly TypedDocument[]) =>
    documents.map(({ path, regions }) => [path, ...regions.map(({ typedText }) => typedText)]);
  const documents = [document('old', 'a\nb\n'), document('new', '1\n2\n', '3\n', '4\n')];

  it.each([
    [
      9,
      [
        ['old', 'a\nb\n'],
        ['new', '1\n2\n', '3\n', '4\n'],
      ],
    ],
    [
      5,
      [
        ['old', 'a\n'],
        ['new', '1\n2\n', '3\n', '4\n'],
      ],
    ],
    [4, [['new', '1\n2\n', '3\n', '4\n']]],
    [3, [['new', '1\n2\n', '3\n']]],
    [1, [['new', '1\n']]],
    [0, []],
  ])('keeps %i lines: the newest documents, the last one up to there', (maxLines, expected) => {
    expect(textsOf(newestLines(documents, maxLines))).toEqual(expected);
  });

  it('never gives more lines than it may', () => {
    const someDocument = fc.array(someLines, { maxLength: 4 }).map((texts) => document('a', ...texts));
    fc.assert(
      fc.property(fc.array(someDocument), fc.nat(12), (some, maxLines) => {
        const kept = newestLines(some, maxLines).reduce((sum, one) => sum + typedLines(one), 0);
        expect(kept).toBeLessThanOrEqual(maxLines);
      }),
    );
  });
});

describe('oldTextOf', () => {
  const someText = fc
    .array(fc.constantFrom('alpha\n', 'beta\n', '\n', '  gamma\n'))
    .map((lines) => lines.join(''));
  const files = (text: string): ProjectFile[] => [{ path: 'a', languageId: 'python', text, addedAtMs: 0 }];

  it('has all of it in turn: a piece that stays, then one that is taken out', () => {
    fc.assert(
      fc.property(someText, someText, (old, newer) => {
        for (const changed of changesBetween(files(old), files(newer))) {
          const { kept, lost } = oldTextOf(changed);
          expect(kept.map((text, i) => `${text}${lost[i] ?? ''}`).join('')).toBe(old);
          const written = kept.map((text, i) => `${text}${changed.regions[i]?.typedText ?? ''}`);
          expect(written.join('')).toBe(newer);
        }
      }),
    );
  });
});
