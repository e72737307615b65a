import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveRange, type TrackedRange } from '../../../src/feedback/following/trackedRange.ts';
import type { TextChange } from '../../../src/completion/typing/textChange.ts';
import { applyChanges } from '../replay.ts';

/** A document with a range marked in it: `ab├cd┤ef`. */
function marked(text: string): { text: string; range: TrackedRange } {
  const offset = text.indexOf('├');
  return {
    text: text.replaceAll(/[├┤]/g, ''),
    range: { offset, text: text.slice(offset + 1, text.indexOf('┤')) },
  };
}

describe('a range after a change', () => {
  it.each([
    ['moves along when text comes before it', 'ab├cd┤ef', [0, 0, 'X'], true, 'Xab├cd┤ef'],
    ['moves back when text before it goes', 'ab├cd┤ef', [0, 2, ''], true, '├cd┤ef'],
    ['stays when text comes behind it', 'ab├cd┤ef', [5, 0, 'X'], true, 'ab├cd┤eXf'],
    ['takes in what is typed inside', 'ab├cd┤ef', [3, 0, 'X'], false, 'ab├cXd┤ef'],
    ['grows at its end', 'ab├cd┤ef', [4, 0, 'X'], true, 'ab├cdX┤ef'],
    ['grows at its start', 'ab├cd┤ef', [2, 0, 'X'], true, 'ab├Xcd┤ef'],
    ['grows from nothing', 'ab├┤ef', [2, 0, 'X'], true, 'ab├X┤ef'],
    ['does not grow at its end when the cursor is away', 'ab├cd┤ef', [4, 0, 'X'], false, 'ab├cd┤Xef'],
    ['does not grow at its start when the cursor is away', 'ab├cd┤ef', [2, 0, 'X'], false, 'abX├cd┤ef'],
    ['loses a head', 'ab├cd┤ef', [1, 2, ''], true, 'a├d┤ef'],
    ['loses a tail', 'ab├cd┤ef', [3, 2, ''], true, 'ab├c┤f'],
    ['takes in what replaces its tail', 'ab├cd┤ef', [3, 2, 'X'], false, 'ab├cX┤f'],
    ['leaves out what replaces its head', 'ab├cd┤ef', [1, 2, 'X'], true, 'aX├d┤ef'],
    ['is replaced as a whole', 'ab├cd┤ef', [2, 2, 'X'], false, 'ab├X┤ef'],
    ['is emptied by a deletion around it', 'ab├cd┤ef', [1, 4, ''], true, 'a├┤f'],
    [
      'is found again in what replaced it',
      'ab├cd┤ef',
      [0, 6, 'all is new, and cd is here'],
      true,
      'all is new, and ├cd┤ is here',
    ],
    ['takes in the character that is typed over behind it', 'ab├cd┤)f', [4, 1, ')'], true, 'ab├cd)┤f'],
  ] as const)('%s', (_, before, [offset, deletedChars, insertedText], grows, after) => {
    const { text, range } = marked(before);
    const change = { offset, deletedChars, insertedText };
    const expected = marked(after);
    expect(moveRange(range, change, grows)).toEqual(expected.range);
    expect(applyChanges(text, [change])).toBe(expected.text);
  });

  it.each([
    ['its text is not in it', 'ab├cd┤ef', [0, 6, 'everything is different now']],
    ['its text is in it twice', 'ab├cd┤ef', [0, 6, 'cd here and once more cd']],
    ['only its end was replaced', 'ab├cd┤ef', [3, 3, 'much more than anybody types']],
  ] as const)(
    'cannot be followed through a bulk replacement when %s',
    (_, before, [offset, deletedChars, insertedText]) => {
      expect(moveRange(marked(before).range, { offset, deletedChars, insertedText }, true)).toBeUndefined();
    },
  );
});

const changeIn = (length: number): fc.Arbitrary<TextChange> =>
  fc
    .tuple(fc.nat(length), fc.nat(length), fc.string({ maxLength: 6 }))
    .map(([offset, end, insertedText]) => ({
      offset,
      deletedChars: Math.max(0, end - offset),
      insertedText,
    }));

const session = fc.record({
  text: fc.string({ minLength: 0, maxLength: 12 }),
  from: fc.nat(12),
  to: fc.nat(12),
  steps: fc.array(fc.tuple(changeIn(12), fc.boolean()), { maxLength: 8 }),
});

/** The same by brute force: the range's ends are cells of the document, and changes go past them. */
function moveByCells(cells: readonly string[], change: TextChange, grows: boolean): string[] {
  const start = cells.indexOf('├');
  const end = cells.indexOf('┤') - 1;
  const changeEnd = change.offset + change.deletedChars;
  const isDeleted = (offset: number) => offset >= change.offset && offset < changeEnd;
  let offset = 0;
  const left = cells.filter((cell) => cell === '├' || cell === '┤' || !isDeleted(offset++));
  const isBeforeStart =
    change.offset < start || (change.offset === start && change.deletedChars === 0 && !grows);
  const isBehindEnd =
    change.offset > end || (change.offset === end && !grows && (start !== end || change.deletedChars > 0));
  const at = isBeforeStart ? change.offset : isBehindEnd ? change.offset + 2 : change.offset + 1;
  return left.toSpliced(at, 0, ...change.insertedText.split(''));
}

describe('a range carried through many changes', () => {
  it('is what the document holds at its offset', () => {
    fc.assert(
      fc.property(session, ({ text: start, from, to, steps }) => {
        let text = start;
        let range: TrackedRange | undefined = { offset: Math.min(from, text.length), text: '' };
        range = { ...range, text: text.slice(range.offset, to) };
        for (const [raw, grows] of steps) {
          const offset = Math.min(raw.offset, text.length);
          const change = { ...raw, offset, deletedChars: Math.min(raw.deletedChars, text.length - offset) };
          range = moveRange(range, change, grows);
          text = applyChanges(text, [change]);
          if (range === undefined) return;
          expect(text.slice(range.offset, range.offset + range.text.length)).toBe(range.text);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with a document of cells whose range ends are cells too', () => {
    fc.assert(
      fc.property(session, ({ text, from, to, steps }) => {
        const offset = Math.min(from, text.length);
        const range = { offset, text: text.slice(offset, to) };
        const [raw, grows] = steps[0] ?? [{ offset: 0, deletedChars: 0, insertedText: '' }, true];
        const at = Math.min(raw.offset, text.length);
        const change = { ...raw, offset: at, deletedChars: Math.min(raw.deletedChars, text.length - at) };
        fc.pre(range.text === '' || !change.insertedText.includes(range.text));
        const cells = [...text.split('').toSpliced(offset, 0, '├')];
        cells.splice(offset + 1 + range.text.length, 0, '┤');
        const moved = moveByCells(cells, change, grows).join('');
        expect(moveRange(range, change, grows)).toEqual(marked(moved).range);
      }),
      { numRuns: 300 },
    );
  });
});
