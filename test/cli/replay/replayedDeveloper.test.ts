import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Asking } from '../../../src/cli/replay/replayedDeveloper.ts';
import { changesBetween } from '../../../src/cli/replay/typedWork.ts';
import type { EditorEvent } from '../../../src/feedback/following/editorEvent.ts';
import type { Turn } from '../turnPolicy.ts';
import { typed, write } from './developer.ts';

/** What the developer did with what was offered: each piece taken with its command, and each Escape. */
function deedsIn(events: readonly EditorEvent[]): string[] {
  return events.flatMap((event, index) => {
    if (event.kind === 'dismissCommand') return 'escape';
    const edit = events[index - 1];
    if (event.kind !== 'acceptCommand' || edit?.kind !== 'edited') return [];
    return `${event.part}: ${edit.changes[0]!.insertedText}`;
  });
}

describe('the replayed developer', () => {
  const reactions: [
    what: string,
    written: string,
    offered: string,
    deeds: string[],
    keptChars: number,
    asked?: number,
  ][] = [
    ['all of a line that is right', 'alpha beta\n', 'alpha beta', ['all: alpha beta'], 10],
    ['all of what is right, though more follows', 'alpha beta\n', 'alpha', ['all: alpha'], 5],
    ['all of several lines', 'one\ntwo\nsix\n', 'one\ntwo\nsix', ['all: one\ntwo\nsix'], 11],
    [
      'the lines that are right, one by one',
      'one\ntwo\nsix\n',
      'one\ntwo\nten',
      ['line: one\n', 'line: two\n'],
      8,
      2,
    ],
    [
      'the words that are right, one by one',
      'alpha-beta gamma\n',
      'alpha-beta delta',
      ['word: alpha', 'word: -', 'word: beta', 'word:  '],
      11,
    ],
    ['no half of a word', 'alphabet beta\n', 'alpha beta', [], 0],
    ['nothing of what is wrong', 'alpha beta\n', 'gamma', [], 0],
  ];

  it.each(reactions)('takes %s', async (_, written, offered, deeds, keptChars, asked = 1) => {
    const { text, events, tally } = await write(typed(written), [offered]);
    expect(text).toBe(written);
    expect(deedsIn(events)).toEqual(deeds);
    expect(tally).toMatchObject({ asked, shown: asked, keptChars, typedChars: written.length });
  });

  it('refuses every second time by Escape and otherwise by typing on', async () => {
    const { events, tally } = await write(typed('one\ntwo\nten\nsix\n'), [
      'wrong',
      'false',
      'worse',
      'other',
    ]);
    expect(tally).toMatchObject({ asked: 4, shown: 4, accepted: 0, keptChars: 0 });
    expect(deedsIn(events)).toEqual(['escape', 'escape']);
  });

  it('counts what it sees', async () => {
    const { tally } = await write(typed('alpha beta\ngamma delta\n'), ['alpha beta', 'gamma wrong']);
    expect(tally).toEqual({ asked: 2, shown: 2, accepted: 1, keptChars: 16, typedChars: 23 });
  });

  it('writes on in silence where nothing is offered', async () => {
    const { text, tally, events } = await write(typed('alpha\nbeta\n'), ['']);
    expect(text).toBe('alpha\nbeta\n');
    expect(tally).toMatchObject({ asked: 2, shown: 0 });
    expect(events.filter(({ kind }) => kind === 'notOffered')).toHaveLength(2);
  });

  it('asks in no line when its share is nothing', async () => {
    const { policy, tally } = await write(typed('alpha\nbeta\n'), ['x'], {
      asking: { kind: 'lines', share: 0 },
    });
    expect(policy.requests).toEqual([]);
    expect(tally).toEqual({ asked: 0, shown: 0, accepted: 0, keptChars: 0, typedChars: 11 });
  });

  it('asks at every natural pause where it may', async () => {
    const { events } = await write(typed('let a = b(c);\n'), [''], {
      asking: { kind: 'pauses', count: 4, of: 4 },
    });
    const offsets = events.flatMap((event) => (event.kind === 'notOffered' ? event.offset : []));
    expect(offsets).toEqual([0, 4, 8, 10]);
  });

  it('asks at every natural pause behind what was taken, the first of a line among them', async () => {
    const text = 'one(1)\ntwo(2)\nsix(6)\nten(10)\n';
    const asking = { kind: 'pauses', count: 8, of: 8 } as const;
    const { judged } = await write(typed(text), ['one(1)\nwrong', ''], { asking });
    expect(judged.map(({ offset }) => offset)).toEqual([0, 7, 11, 14, 18, 21, 25]);
  });

  it('asks at exactly as many pauses as it may, wherever they fall', async () => {
    const text = 'let a = b(c);\n'.repeat(10);
    for (const seed of [1, 2, 3]) {
      const { tally } = await write(typed(text), [''], {
        seed,
        asking: { kind: 'pauses', count: 7, of: 40 },
      });
      expect(tally.asked).toBe(7);
    }
  });

  it('takes what is nearly right as a whole now and then, and corrects it', async () => {
    const { text, events, tally } = await write(typed('alpha-beta gamma\n'), ['alpha-beta delta'], {
      correctedShare: 1,
    });
    expect(text).toBe('alpha-beta gamma\n');
    expect(deedsIn(events)).toEqual(['all: alpha-beta delta']);
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'edited',
        changes: [{ offset: 11, deletedChars: 5, insertedText: '' }],
      }),
    );
    expect(tally).toMatchObject({ accepted: 0, keptChars: 11, typedChars: 17 });
  });

  it('corrects nothing that is mostly wrong', async () => {
    const { events } = await write(typed('alpha beta\n'), ['alpha something else altogether'], {
      correctedShare: 1,
    });
    expect(deedsIn(events)).toEqual(['word: alpha', 'word:  ']);
  });

  it('writes everything by hand when it only judges, and says what it would have taken', async () => {
    const { text, events, tally, judged } = await write(typed('alpha beta\ngamma\n'), ['alpha beta', 'no'], {
      takesCompletions: false,
    });
    expect(text).toBe('alpha beta\ngamma\n');
    expect(deedsIn(events)).toEqual([]);
    expect(tally).toEqual({ asked: 2, shown: 2, accepted: 1, keptChars: 10, typedChars: 17 });
    expect(judged).toMatchObject([
      { offset: 0, written: 'alpha beta\ngamma\n', taken: { kind: 'all', acceptedChars: 10 } },
      { offset: 11, written: 'gamma\n', taken: { kind: 'nothing', acceptedChars: 0 } },
    ]);
  });

  it('opens a line of its own before it writes in front of others, so that completions are wanted there', async () => {
    const [document] = changesBetween(
      [{ path: 'a', languageId: 'typescript', text: 'first\nlast\n', addedAtMs: 0 }],
      [{ path: 'a', languageId: 'typescript', text: 'first\nmiddle\nlast\n', addedAtMs: 0 }],
    );
    const { text, events } = await write(document!, ['middle']);
    expect(text).toBe('first\nmiddle\nlast\n');
    expect(events.find(({ kind }) => kind === 'offered')).toMatchObject({
      prefix: 'first\n',
      suffix: '\nlast\n',
    });
  });

  it('saves and closes the document when no look at it is left', async () => {
    const { events } = await write(typed('alpha\n'), ['x']);
    const [saved, closed] = events.slice(-2);
    expect([saved?.kind, closed?.kind]).toEqual(['saved', 'closed']);
    expect(closed!.atMs - saved!.atMs).toBeGreaterThan(600_000);
  });

  it('ranks alternatives by what each would have been worth, and says what it would have written', async () => {
    const { rankings, text } = await write(
      typed('alpha beta gamma\n'),
      [['alpha wrong', 'no', 'alpha beta gamma', 'alpha other']],
      { rankEvery: 1 },
    );
    expect(text).toBe('alpha beta gamma\n');
    expect(rankings).toEqual([
      expect.objectContaining({
        policyId: 'turns',
        documentUri: 'file:///a.ts',
        prefix: '',
        noneIsGood: false,
        ownText: 'alpha beta gamma',
        alternatives: [
          expect.objectContaining({ text: 'alpha wrong', rank: 2 }),
          expect.objectContaining({ text: 'no', rank: 3 }),
          expect.objectContaining({ text: 'alpha beta gamma', rank: 1 }),
          expect.objectContaining({ text: 'alpha other', rank: 2 }),
        ],
      }),
    ]);
  });

  it('calls none of the alternatives good when silence would have been better', async () => {
    const { rankings } = await write(typed('alpha\n'), [['wrong', 'worse', 'no', 'nothing']], {
      rankEvery: 1,
    });
    expect(rankings[0]).toMatchObject({ noneIsGood: true, ownText: 'alpha' });
  });

  it('ranks every so many times it asks', async () => {
    const { rankings, tally } = await write(typed('one\ntwo\nten\nsix\n'), ['x'], { rankEvery: 2 });
    expect(rankings).toHaveLength(2);
    expect(tally).toMatchObject({ asked: 4, shown: 2 });
  });

  it('asks at the same places when it has the same seed, and elsewhere with another', async () => {
    const text = 'const a = b(c, d);\n'.repeat(8);
    const placesOf = async (seed: number) =>
      (await write(typed(text), [''], { seed, asking: { kind: 'lines', share: 0.5 } })).events.flatMap(
        (event) => (event.kind === 'notOffered' ? event.offset : []),
      );
    expect(await placesOf(1)).toEqual(await placesOf(1));
    expect(await placesOf(1)).not.toEqual(await placesOf(2));
  });

  it('stops where it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(write(typed('alpha\n'), ['x'], {}, controller.signal)).rejects.toThrow(/abort/i);
  });
});

describe('the document that the replayed developer leaves behind', () => {
  const word = fc.constantFrom(
    'a',
    'foo',
    'bar(',
    ')',
    '{',
    '}',
    ' ',
    '  ',
    ' = ',
    '\n',
    '.',
    ', ',
    '😀',
    'é',
  );
  const code = fc.array(word, { maxLength: 24 }).map((words) => words.join(''));
  const everyPause = { kind: 'pauses', count: 1000, of: 1000 } as const;
  const habits = fc.record({
    seed: fc.nat(99),
    asking: fc.constantFrom<Asking[]>({ kind: 'lines', share: 0.5 }, { kind: 'lines', share: 1 }, everyPause),
    correctedShare: fc.constantFrom(0, 1),
    takesCompletions: fc.boolean(),
    rankEvery: fc.constantFrom(0, 2),
  });

  /** Completions that are often right for a while: pieces of the text, with something wrong behind them. */
  const turnsFor = (text: string): fc.Arbitrary<Turn[]> => {
    const piece = fc
      .tuple(fc.nat(text.length), fc.nat(text.length), fc.constantFrom('', ' x', '\n', ')'))
      .map(([start, length, behind]) => text.slice(start, start + length) + behind);
    return fc.array(piece, { minLength: 1, maxLength: 6 });
  };

  it('is what its author wrote, whatever the policy offers', async () => {
    const cases = code.chain((text) => fc.tuple(fc.constant(text), turnsFor(text), habits));
    await fc.assert(
      fc.asyncProperty(cases, async ([text, turns, someHabits]) => {
        const written = await write(typed(text), turns, someHabits);
        expect(written.text).toBe(text);
        expect(written.tally.typedChars).toBe(text.length);
      }),
      { numRuns: 40 },
    );
  });

  it('is the newer of two versions, whatever the policy offers', async () => {
    const cases = fc
      .tuple(code, code)
      .chain(([old, newer]) => fc.tuple(fc.constant(old), fc.constant(newer), turnsFor(newer), habits));
    await fc.assert(
      fc.asyncProperty(cases, async ([old, newer, turns, someHabits]) => {
        const [before, after] = [old, newer].map((text) => [
          { path: 'a', languageId: 'typescript', text, addedAtMs: 0 },
        ]);
        const [document] = changesBetween(before!, after!);
        if (document === undefined) return;
        expect((await write(document, turns, someHabits)).text).toBe(newer);
      }),
      { numRuns: 40 },
    );
  });
});
