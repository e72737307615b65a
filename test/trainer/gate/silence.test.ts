import { describe, expect, it } from 'vitest';
import { chanceOf, firstLineLeniency, minChances } from '../../../src/completion/trimming/confidence.ts';
import { furtherAsBelieved } from '../../../src/completion/trimming/goingOn.ts';
import { demonstrationOfText } from '../../../src/trainer/data/demonstrations.ts';
import { judgeOffered } from '../../../src/trainer/gate/heldOutEvaluation.ts';
import { learnSilence, offeredBy, type HeldOutWriting } from '../../../src/trainer/gate/silence.ts';
import { askedAt, demonstration } from '../feedbackRecords.ts';

/** What was written at the `minute`-th prompt, in one of eight documents. */
function writing(minute: number, offered: string, logProb: number, wrote = 'right();'): HeldOutWriting {
  const asked = askedAt(`a${minute} = █`, minute, `file:///${minute % 8}.ts`);
  return {
    demonstration: demonstrationOfText(demonstration(asked, wrote))!,
    written: wrote,
    answer: {
      ...judgeOffered(offered, wrote),
      ends: offered === '' ? [] : [{ chars: offered.length, logProb }],
      shapedChars: offered.length,
    },
  };
}

/** Half of the texts are right, and those are surer. */
const work = Array.from({ length: 80 }, (_, i) =>
  i % 2 === 0 ? writing(i, 'right();', -0.5 - (i % 5) / 10) : writing(i, 'nonsense', -5 - (i % 5) / 10),
);

/** Every fourth goes on with a line that it believes in with 0.6; `isRight` says whether those are. */
const going = (isRight: boolean): HeldOutWriting[] =>
  work.map((each, i) => {
    if (i % 4 !== 0) return each;
    const text = `right();\n${isRight ? 'more();' : 'less();'}`;
    const ends = [
      { chars: 8, logProb: Math.log(0.7) },
      { chars: 16, logProb: Math.log(0.6) },
    ];
    const written = 'right();\nmore();';
    return { ...each, written, answer: { ...judgeOffered(text, written), ends, shapedChars: 8 } };
  });

describe('learnSilence', () => {
  it('keeps what is right and refuses what is not', () => {
    const { answers } = learnSilence(work)!;
    expect(answers.map(({ text }) => text)).toEqual(work.map((_, i) => (i % 2 === 0 ? 'right();' : '')));
    expect(answers.every(({ refusedChars }) => refusedChars === 0)).toBe(true);
  });

  it('says what it does', () => {
    expect(learnSilence(work)!.effect).toEqual({ hidden: 40, givenUpChars: 0, sparedChars: 40 * 8 });
  });

  it('gives up nothing where a text that ends sooner keeps more', () => {
    // As a whole they are not begun rightly at the end of a word; up to there they are.
    const begun = work.map((each, i) => {
      if (i % 2 === 0) return each;
      const one = writing(i, 'foo(x) and more of it', -5, 'foobar');
      const ends = [
        { chars: 3, logProb: -0.3 },
        { chars: 21, logProb: -5 },
      ];
      return { ...one, answer: { ...one.answer, ends } };
    });
    const { answers, effect } = learnSilence(begun)!;
    expect(answers[1]).toMatchObject({ text: 'foo', keptChars: 3 });
    expect(effect.givenUpChars).toBe(0);
  });

  it('serves with the calibration of all answers', () => {
    const { calibration } = learnSilence(work)!;
    expect(offeredBy(writing(1, 'right();', -0.6), calibration).text).toBe('right();');
    expect(offeredBy(writing(1, 'right();', -5), calibration).text).toBe('');
  });

  it('judges no answer by a calibration that saw its document', () => {
    // Only the last document's sure texts are wrong: seen from the others, they are to be shown.
    const misleading = Array.from({ length: 80 }, (_, i) =>
      i % 8 === 7
        ? writing(i, 'nonsense', -0.5)
        : writing(i, i % 2 === 0 ? 'right();' : 'nonsense', i % 2 === 0 ? -0.5 : -5),
    );
    const shown = learnSilence(misleading)!.answers.filter(({ text }) => text === 'nonsense');
    expect(shown).toHaveLength(10);
  });

  it('shows of a line what is kept of it', () => {
    const partly = Array.from({ length: 90 }, (_, i) => {
      if (i % 3 === 0) return writing(i, 'right();', -0.5);
      if (i % 3 === 1) return writing(i, 'nonsense', -9);
      const one = writing(i, 'begun(wrong)', -7, 'begun(rightly)');
      const ends = [
        { chars: 5, logProb: -0.5 },
        { chars: 6, logProb: -0.5 },
        { chars: 12, logProb: -7 },
      ];
      return { ...one, answer: { ...one.answer, ends } };
    });
    const { answers, effect } = learnSilence(partly)!;
    expect(answers.map(({ text }) => text)).toEqual(
      partly.map((_, i) => (i % 3 === 0 ? 'right();' : i % 3 === 1 ? '' : 'begun(')),
    );
    expect(effect).toEqual({ hidden: 30, givenUpChars: 0, sparedChars: 30 * 8 + 30 * 6 });
  });

  it('shows first lines that are only doubtful, and nothing doubtful behind them', () => {
    // Of the doubtful texts a sixth begins rightly, and nothing behind that is right: not worth showing, but not hopeless.
    const doubtful = Array.from({ length: 240 }, (_, i) => {
      if (i % 4 === 0) return writing(i, 'right();', -0.5);
      if (i % 4 === 1) return writing(i, 'nonsense and more of it', -9);
      const first = `${i % 48 < 8 ? 'right' : 'wrong'}(with, some, more, words);`;
      const one = writing(i, `${first}\nnonsense`, -2, 'right(with, some, more, words);\nother();');
      const ends = [
        { chars: first.length, logProb: -2 },
        { chars: first.length + 9, logProb: -4 },
      ];
      return { ...one, answer: { ...one.answer, ends } };
    });
    const { calibration } = learnSilence(doubtful)!;
    const chance = chanceOf(-2, calibration);
    expect(chance).toBeLessThan(minChances.balanced);
    expect(chance).toBeGreaterThan(minChances.balanced * firstLineLeniency);
    const offered = doubtful.map((each) => offeredBy(each, calibration).text);
    expect(offered).toContain('wrong(with, some, more, words);');
    expect(offered.some((text) => text.includes('\n') || text.startsWith('nonsense'))).toBe(false);
  });

  it('goes on as far as that was right, and no further', () => {
    const [right, wrong] = [learnSilence(going(true))!, learnSilence(going(false))!];
    const chances = [right, wrong].map(({ calibration }) => chanceOf(Math.log(0.6), calibration.further!));
    expect(chances[0]).toBeGreaterThan(1 / 2);
    expect(chances[1]).toBeLessThan(chanceOf(Math.log(0.6), furtherAsBelieved));
    const goneOn = [right, wrong].map(({ answers }) => answers.filter(({ text }) => text.includes('\n')));
    expect(goneOn.map(({ length }) => length)).toEqual([20, 0]);
  });

  it('learns of further lines from those of which it is known what was written', () => {
    const known = learnSilence(going(false))!.calibration.further;
    const unknown = going(true).map((each) => ({
      ...each,
      written: 'right();',
      answer: { ...each.answer, ...judgeOffered(each.answer.text, 'right();') },
    }));
    const believed = learnSilence(unknown)!.calibration.further!;
    expect(believed.intercept).toBeCloseTo(furtherAsBelieved.intercept, 6);
    expect(known!.intercept).toBeLessThan(furtherAsBelieved.intercept);
  });

  it('learns nothing of lines and statements from further lines', () => {
    const [one, other] = [true, false].map((isRight) => learnSilence(going(isRight))!.calibration);
    expect(one).toMatchObject({ intercept: other!.intercept, slope: other!.slope });
  });

  it('goes by what is believed beforehand where little is known', () => {
    expect(learnSilence(work.slice(0, 16))!.effect).toEqual({
      hidden: 8,
      givenUpChars: 0,
      sparedChars: 8 * 8,
    });
  });

  it('is none where it gives up too much seen from other documents', () => {
    // One document's right texts are less sure than those of all others, and much of what is kept.
    const wrote = 'right(with, many, more, words, than, any, other, text, has);';
    const few = Array.from({ length: 80 }, (_, i) => {
      if (i % 16 === 7) return writing(i, wrote, -12 - (i % 5) / 10, wrote);
      return i % 3 === 0
        ? writing(i, 'right();', -0.5)
        : writing(i, 'nonsense and much more of it after it', -14);
    });
    expect(learnSilence(few)).toBeUndefined();
  });

  it('is none where there is nothing to learn or nothing to gain', () => {
    expect(learnSilence([])).toBeUndefined();
    expect(learnSilence(work.slice(0, 8))).toBeUndefined();
    // The less sure half is right half of the time: worth showing all the same.
    const worthShowing = Array.from({ length: 80 }, (_, i) => {
      const isRight = i % 4 === 0 ? i % 8 === 0 : i % 3 > 0;
      return writing(i, isRight ? 'right();' : 'x', i % 4 === 0 ? -2 : -1);
    });
    expect(learnSilence(worthShowing)).toBeUndefined();
  });
});

describe('offeredBy', () => {
  it('offers the lines that are sure enough', () => {
    const two = writing(1, 'right();\nwrong();', 0, 'right();\nother();');
    const ends = [
      { chars: 8, logProb: -1 },
      { chars: 17, logProb: -9 },
    ];
    const offered = offeredBy({ ...two, answer: { ...two.answer, ends } }, { intercept: 0, slope: 1 });
    expect(offered).toMatchObject({ text: 'right();', keptChars: 8, refusedChars: 0, isAccepted: true });
  });

  it('offers every line and statement without a calibration, and further lines as believed', () => {
    expect(offeredBy(work[1]!, undefined)).toBe(work[1]!.answer);
    expect(offeredBy(going(true)[0]!, undefined)).toMatchObject({ text: 'right();', keptChars: 8 });
  });
});
