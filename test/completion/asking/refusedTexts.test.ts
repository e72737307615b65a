import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompletionId } from '../../../src/completion/completion.ts';
import {
  RefusedTexts,
  type DocumentEdit,
  type OfferPlace,
} from '../../../src/completion/asking/refusedTexts.ts';
import type { TextChange } from '../../../src/completion/typing/textChange.ts';
import { VirtualClock } from '../../../src/completion/virtualClock.ts';
import { cursorText } from '../../support/cursorText.ts';

const uri = 'file:///a.ts';

function placeAt(marked: string, documentUri = uri): OfferPlace {
  const { prefix, suffix } = cursorText(marked);
  return { prefix, suffix, offset: prefix.length, documentUri };
}

function refuse(refused: RefusedTexts, place: OfferPlace, text: string): void {
  const id = `refused ${text}` as CompletionId;
  refused.follow(id, place);
  refused.add({ id, text }, place);
}

/** The one change that makes a text another. */
function changeTo(text: string, wanted: string): TextChange {
  let start = 0;
  while (start < text.length && text[start] === wanted[start]) start += 1;
  let end = 0;
  while (end < Math.min(text.length, wanted.length) - start && text.at(-1 - end) === wanted.at(-1 - end))
    end += 1;
  return {
    offset: start,
    deletedChars: text.length - start - end,
    insertedText: wanted.slice(start, wanted.length - end),
  };
}

function plain(marked: string): string {
  return marked.replace('█', '');
}

describe('RefusedTexts', () => {
  const check = (why: string, place: OfferPlace, text: string, expected: boolean): void => {
    it(why, () => {
      const refused = new RefusedTexts(new VirtualClock());
      refuse(refused, placeAt('b();\na = █'), 'foo();');
      expect(refused.has(place, text)).toBe(expected);
    });
  };

  check('knows a refused text', placeAt('b();\na = █'), 'foo();', true);
  check('knows it when the user types it along', placeAt('b();\na = fo█'), 'o();', true);
  check('lets another text pass', placeAt('b();\na = █'), 'bar();', false);
  check('lets it pass on another line', placeAt('b();\na = c;\na = █'), 'foo();', false);
  check('lets it pass in another document', placeAt('b();\na = █', 'file:///b.ts'), 'foo();', false);

  it('knows the beginning of a refused text', () => {
    const refused = new RefusedTexts(new VirtualClock());
    refuse(refused, placeAt('b();\n  █'), 'foo("a");\n  bar();');
    expect(refused.hasOneFrom(placeAt('b();\n  █'), 'foo("a");')).toBe(true);
    expect(refused.hasOneFrom(placeAt('b();\n  fo█'), 'o("a");')).toBe(true);
    expect(refused.hasOneFrom(placeAt('b();\n  █'), 'bar();')).toBe(false);
  });

  it('knows a text whose first line alone was refused, with whatever stands below it', () => {
    const refused = new RefusedTexts(new VirtualClock());
    const [first, place] = [{ id: 'c' as CompletionId, text: 'foo();' }, placeAt('b();\n  █')];
    refused.follow(first.id, place);
    refused.add({ ...first, isFirstLine: true }, place);
    refused.add(first, place);
    const isRefused = (text: string) => refused.has(place, text);
    expect(['foo();', 'foo();\n  bar();', 'foo(); \n\n  bar();'].map(isRefused)).toEqual([true, true, true]);
    expect(['foo();bar();', 'foo', 'bar();\n  foo();'].map(isRefused)).toEqual([false, false, false]);
    expect(refused.has(placeAt('b();\n  fo█'), 'o();\n  bar();')).toBe(true);
    expect(refused.hasOneFrom(place, 'foo();')).toBe(true);
  });

  it('remembers a refusal for the session, and lets the text pass after ten minutes where it is typed along', () => {
    const clock = new VirtualClock();
    const refused = new RefusedTexts(clock);
    const isRefusedAt = (marked: string, text: string): boolean => refused.has(placeAt(marked), text);
    refuse(refused, placeAt('a = █'), 'foo();');
    clock.advanceBy(599_000);
    expect(isRefusedAt('a = fo█', 'o();')).toBe(true);
    clock.advanceBy(1_000);
    expect(isRefusedAt('a = fo█', 'o();')).toBe(false);
    expect(refused.hasOneFrom(placeAt('a = fo█'), 'o(')).toBe(false);
    clock.advanceBy(8 * 3_600_000);
    expect(isRefusedAt('a = █', 'foo();')).toBe(true);
    expect(isRefusedAt('  a = █', 'foo();')).toBe(true);
    expect(isRefusedAt('a█', ' = foo();')).toBe(true);
  });

  it('keeps the last two hundred, a repeated one as new', () => {
    const refused = new RefusedTexts(new VirtualClock());
    for (const i of [...Array(200).keys(), 0, 200]) refuse(refused, placeAt('a = █'), `foo${i};`);
    expect([0, 1, 2, 200].map((i) => refused.has(placeAt('a = █'), `foo${i};`))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});

describe('a refused text, while its document is edited,', () => {
  /**
   * Each text after the first is what one edit, or where `←` stands in front one undo, makes of the one
   * before; `█` is where the text was refused in the first and where it is asked for in the last.
   */
  const check = (why: string, texts: readonly string[], expected: boolean): void => {
    it(why, () => {
      const refused = new RefusedTexts(new VirtualClock());
      const [first = '', ...later] = texts;
      refuse(refused, placeAt(first), 'foo();');
      let text = plain(first);
      for (const step of later) {
        const wanted = plain(step.replace('←', ''));
        const edit: DocumentEdit = { documentUri: uri, changes: [changeTo(text, wanted)] };
        refused.noteEdited(step.startsWith('←') ? { ...edit, reason: 'undo' } : edit);
        text = wanted;
      }
      expect(refused.has(placeAt(texts.at(-1)!.replace('←', '')), 'foo();')).toBe(expected);
    });
  };
  const refusedAt = 'b();\na = █\nc();';

  check('is known where the line above was edited', [refusedAt, 'other(1);\na = █\nc();'], true);
  check('is known where lines came before it', [refusedAt, 'new\n\nb();\na = █\nc();'], true);
  check('is known where one came right above it', [refusedAt, 'b();\nnew();\na = █\nc();'], true);
  check('is known where the line above was deleted', [refusedAt, 'a = █\nc();'], true);
  check('is known where the line below was', [refusedAt, 'b();\na = █'], true);
  check('is known with other indentation', ['b();\n  a = █', 'b();\n\ta = █'], true);
  check('is known with carriage returns', ['b();\r\na = █\r\n', 'x();\r\nb();\r\na = █\r\n'], true);
  check(
    'is known when other text was typed there and taken back',
    [refusedAt, 'b();\na = bar\nc();', refusedAt],
    true,
  );
  check(
    'is known when other text was typed there and undone',
    [refusedAt, 'b();\na = bar\nc();', `←${refusedAt}`],
    true,
  );
  check('is known after its line was moved up', [refusedAt, 'a = \nc();', 'a = █\nb();\nc();'], true);
  check('is known on the empty line below', ['{\n  █\n}', '{\n\n  █\n}'], true);
  check('is known on the empty line above', ['{\n\n  █\n}', '{\n█\n  \n}'], true);
  check('is known where lines were pasted above an empty one', ['{\n█\n}', '{\na();\nb();\n█\n}'], true);
  check('is not known behind text that was written there', ['{\n  █\n}', '{\n  a();\n  █\n}'], false);
  check(
    'is not known once its line was deleted, even if it is written anew',
    [refusedAt, 'b();\nc();', 'b();\na = █\nc();'],
    false,
  );
  check('is not known once the last line was deleted', ['b();\na = █', 'b();', 'b();\na = █'], false);
  check('is known when the deletion is undone', [refusedAt, 'b();\nc();', `←${refusedAt}`], true);
  check('is known when a deletion of all is undone', [refusedAt, '', `←${refusedAt}`], true);
  check(
    'is known when the deletion is undone after other edits',
    [refusedAt, 'b();\nc();', 'x\nb();\nc();', '←b();\nc();', `←${refusedAt}`],
    true,
  );
  check(
    'is known when it and the line below were deleted and both undone',
    [refusedAt, 'b();\nc();', 'b();\n', '←b();\nc();', `←${refusedAt}`],
    true,
  );

  it('is not known at the line that is there instead', () => {
    const refused = new RefusedTexts(new VirtualClock());
    refuse(refused, placeAt('  █\n  b();'), 'foo();');
    refused.noteEdited({ documentUri: uri, changes: [{ offset: 0, deletedChars: 3, insertedText: '' }] });
    expect(refused.has(placeAt('  █b();'), 'foo();')).toBe(false);
  });

  check(
    'is known when its line was joined to the one above and the join undone',
    ['b();\n█\nc();', 'b();\nc();', '←b();\n█\nc();'],
    true,
  );

  it('is known under the new name of its file, and of its folder', () => {
    const refused = new RefusedTexts(new VirtualClock());
    refuse(refused, placeAt('a = █', 'file:///old/a.ts'), 'foo();');
    refused.noteRenamed('file:///old/a.ts', 'file:///old/b.ts');
    refused.noteRenamed('file:///old', 'file:///new');
    refused.noteRenamed('file:///ne', 'file:///else');
    expect(refused.has(placeAt('a = █', 'file:///new/b.ts'), 'foo();')).toBe(true);
    expect(refused.has(placeAt('a = █', 'file:///old/a.ts'), 'foo();')).toBe(false);
  });

  it('is known where an edit came between the offer and the refusal', () => {
    const refused = new RefusedTexts(new VirtualClock());
    const [id, place] = ['c' as CompletionId, placeAt('b();\na = █')];
    refused.follow(id, place);
    refused.noteEdited({
      documentUri: uri,
      changes: [{ offset: 0, deletedChars: 0, insertedText: 'x();\n' }],
    });
    refused.add({ id, text: 'foo();' }, place);
    expect(refused.has(placeAt('x();\nb();\na = █'), 'foo();')).toBe(true);
    expect(refused.has(placeAt('x();\na = █\na = '), 'foo();')).toBe(false);
  });
});

/**
 * A document of which the place is one line, known by the sign before the cursor; no other line has it.
 * The oracle is that sign: wherever edits carry it, there the place is.
 */
describe('the place of a refusal over random edits', () => {
  const piece = fc.constantFrom('', '', 'x', 'foo(', 'a;\nb;', '\n', '\n  ', 'b();\n', 'if (x) {\n  y\n}\n');
  const edit = fc.record({
    at: fc.nat(1000),
    length: fc.constantFrom(0, 0, 1, 1, 3, 8),
    insertedText: piece,
  });
  const text = 'function f() {\n  b();\n\n  a = @;\n  c();\n}\n';
  const start = placeAt(text.replace('@', '@█'));

  function change(
    now: string,
    { at, length, insertedText }: { at: number; length: number; insertedText: string },
  ): TextChange {
    const offset = at % (now.length + 1);
    return { offset, deletedChars: Math.min(length, now.length - offset), insertedText };
  }

  const apply = (now: string, { offset, deletedChars, insertedText }: TextChange): string =>
    now.slice(0, offset) + insertedText + now.slice(offset + deletedChars);

  const inverse = (before: string, { offset, deletedChars, insertedText }: TextChange): TextChange => ({
    offset,
    deletedChars: insertedText.length,
    insertedText: before.slice(offset, offset + deletedChars),
  });

  /** The texts that the edits make one after the other, the first in front, and the edits as they could be made. */
  function live(edits: readonly Parameters<typeof change>[1][], mayTake: boolean) {
    const texts = [plain(start.prefix + start.suffix)];
    const changes: TextChange[] = [];
    for (const next of edits) {
      const wanted = change(texts.at(-1)!, next);
      const result = apply(texts.at(-1)!, wanted);
      if (!mayTake && !result.includes('@')) continue;
      changes.push(wanted);
      texts.push(result);
    }
    return { texts, changes };
  }

  function refusedThere(): RefusedTexts {
    const refused = new RefusedTexts(new VirtualClock());
    refuse(refused, start, 'foo();');
    return refused;
  }

  function lineEndsIn(now: string): number[] {
    return Array.from(now.matchAll(/$/gm), ({ index }) => index);
  }

  /** Whether a completion of the same line is refused with the cursor at an offset. */
  function isRefusedAt(refused: RefusedTexts, now: string, offset: number): boolean {
    const asked = { prefix: now.slice(0, offset), suffix: now.slice(offset), offset, documentUri: uri };
    const before = asked.prefix.slice(asked.prefix.lastIndexOf('\n') + 1);
    // The line as it was refused, written on from what stands before the cursor now.
    const line = 'a = @foo();';
    return line.startsWith(before.trimStart()) && refused.has(asked, line.slice(before.trimStart().length));
  }

  it('is where its line is', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        const refused = refusedThere();
        const { texts, changes } = live(edits, false);
        for (const made of changes) refused.noteEdited({ documentUri: uri, changes: [made] });
        const now = texts.at(-1)!;
        const sign = now.indexOf('@');
        const isWhole = /(?:^|\n)\s*a = @$/.test(now.slice(0, sign + 1));
        expect(isRefusedAt(refused, now, sign + 1)).toBe(isWhole);
        const others = lineEndsIn(now).filter((end) => end < sign || now.slice(sign, end).includes('\n'));
        expect(others.filter((end) => isRefusedAt(refused, now, end))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is there again when all edits are undone, its own line brought back by it', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
        const refused = refusedThere();
        const { texts, changes } = live(edits, true);
        for (const made of changes) refused.noteEdited({ documentUri: uri, changes: [made] });
        for (const [i, made] of [...changes.entries()].reverse())
          refused.noteEdited({ documentUri: uri, changes: [inverse(texts[i]!, made)], reason: 'undo' });
        expect(isRefusedAt(refused, texts[0]!, start.offset)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
