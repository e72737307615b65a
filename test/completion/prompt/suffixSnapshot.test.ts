import { describe, expect, it } from 'vitest';
import { maxSuffixChars } from '../../../src/completion/prompt/context.ts';
import { snapshotAt, SuffixSnapshots } from '../../../src/completion/prompt/suffixSnapshot.ts';

const below = '\n  b();\n}\n';
const long = 'foo();\n'.repeat(400).slice(0, maxSuffixChars);

describe('snapshotAt', () => {
  const check = (why: string, [before, now]: [string, string], isKept: boolean, movedChars = 10): void => {
    it(why, () => {
      const { suffix } = snapshotAt(
        { suffix: now, offset: 100 + movedChars },
        { suffix: before, offset: 100 },
      );
      expect(suffix).toBe(isKept ? before : now);
    });
  };

  check('stays while the suffix stays', [below, below], true);
  check('stays when the editor closes a bracket', [below, `)${below}`], true);
  check('stays when the editor closes several', [below, `")]}${below}`], true);
  check('stays on the line opened between two braces', [below, `\n  }${below}`], true);
  check('goes when the closing character is typed over', [`)${below}`, below], false);
  check('goes when other text stands behind the cursor', [below, `b${below}`], false);
  check('goes when the text below is another', [below, '\n  c();\n}\n'], false);
  check('goes when the cursor is a line further down', [below, '\n}\n'], false);
  check('goes when more than eight closing characters are missing', [below, `)))))))))${below}`], false);
  check('goes when the cursor is far from where it was true', [below, `)${below}`], false, 513);
  check('stays at any distance while it is true', [below, below], true, 100_000);
  check('stays at the end of a document', ['', ')'], true);
  check('goes when the document ends earlier now', [below, ''], false);
  check('goes when it was the end of a document and much stands below now', ['\n', `\n${long}`], false);
  check('goes when nothing stood below and much does now', ['', long], false);

  it('compares suffixes that are cut as far as both reach', () => {
    const text = 'foo();\n'.repeat(400);
    const [before, now] = [text, `)${text}`].map((suffix) => suffix.slice(0, maxSuffixChars));
    expect(snapshotAt({ suffix: now!, offset: 1 }, { suffix: before!, offset: 0 }).suffix).toBe(before);
  });

  it('compares suffixes that are cut in front of a line end of two characters', () => {
    const text = 'foo();\n'.repeat(400);
    const before = text.slice(0, maxSuffixChars);
    const now = `)${text}`.slice(0, maxSuffixChars - 1);
    expect(snapshotAt({ suffix: now, offset: 1 }, { suffix: before, offset: 0 }).suffix).toBe(before);
  });

  it('counts the distance from where it was last true', () => {
    const true1 = snapshotAt({ suffix: below, offset: 600 }, { suffix: below, offset: 0 });
    expect(snapshotAt({ suffix: `)${below}`, offset: 1000 }, true1).suffix).toBe(below);
  });
});

describe('SuffixSnapshots', () => {
  const placeIn = (documentUri: string, suffix: string) => ({ documentUri, suffix, offset: 0 });

  it('keeps one for each document', () => {
    const snapshots = new SuffixSnapshots();
    snapshots.take(placeIn('a', '\na'));
    snapshots.take(placeIn('b', '\nb'));
    expect([snapshots.take(placeIn('a', ')\na')), snapshots.take(placeIn('b', ')\nb'))]).toEqual([
      '\na',
      '\nb',
    ]);
  });

  it('is not moved by a look ahead', () => {
    const snapshots = new SuffixSnapshots();
    snapshots.take(placeIn('a', '\na'));
    expect(snapshots.peek(placeIn('a', '\nother'))).toBe('\nother');
    expect(snapshots.take(placeIn('a', ')\na'))).toBe('\na');
  });

  it('forgets the document left alone longest', () => {
    const snapshots = new SuffixSnapshots();
    for (let i = 0; i <= 20; i++) snapshots.take(placeIn(String(i), '\na'));
    expect(snapshots.take(placeIn('0', ')\na'))).toBe(')\na');
    expect(snapshots.take(placeIn('20', ')\na'))).toBe('\na');
  });
});
