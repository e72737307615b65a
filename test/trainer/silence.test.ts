import { describe, expect, it } from 'vitest';
import { chanceOf, minChances } from '../../src/completion/confidence.ts';
import { demonstrationOfText } from '../../src/trainer/demonstrations.ts';
import { judgeOffered } from '../../src/trainer/heldOutEvaluation.ts';
import { learnSilence, withSilence, type HeldOutWriting } from '../../src/trainer/silence.ts';
import { askedAt, demonstration } from './feedbackRecords.ts';

/** What was written at the `minute`-th prompt, in one of eight documents. */
function writing(minute: number, offered: string, logProb: number, wrote = 'right();'): HeldOutWriting {
  const asked = askedAt(`a${minute} = █`, minute, `file:///${minute % 8}.ts`);
  return {
    demonstration: demonstrationOfText(demonstration(asked, wrote))!,
    written: wrote,
    answer: {
      ...judgeOffered(offered, wrote),
      lines: offered === '' ? [] : [{ chars: offered.length, logProb }],
    },
  };
}

/** Half of the texts are right, and those are surer. */
const work = Array.from({ length: 80 }, (_, i) =>
  i % 2 === 0 ? writing(i, 'right();', -0.5 - (i % 5) / 10) : writing(i, 'nonsense', -5 - (i % 5) / 10),
);

describe('learnSilence', () => {
  it('keeps what is right and refuses what is not', () => {
    const { answers } = learnSilence(work)!;
    expect(answers.map(({ text }) => text)).toEqual(work.map((_, i) => (i % 2 === 0 ? 'right();' : '')));
    expect(answers.every(({ refusedChars }) => refusedChars === 0)).toBe(true);
  });

  it('says what it does', () => {
    expect(learnSilence(work)!.effect).toEqual({ hidden: 40, givenUpChars: 0, sparedChars: 40 * 8 });
  });

  it('serves with the calibration of all answers', () => {
    const { calibration } = learnSilence(work)!;
    expect(withSilence(writing(1, 'right();', -0.6), calibration).text).toBe('right();');
    expect(withSilence(writing(1, 'right();', -5), calibration).text).toBe('');
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

  it('shows what is kept in part often enough to be worth reading', () => {
    // A third of a doubtful text is kept, and that pays; of a hopeless one nothing is.
    const partly = Array.from({ length: 90 }, (_, i) =>
      i % 3 === 0
        ? writing(i, 'right();', -0.5)
        : i % 3 === 1
          ? writing(i, 'one two three', -3, 'one other words')
          : writing(i, 'nonsense', -9),
    );
    const shown = learnSilence(partly)!.answers.map(({ text }) => text);
    expect(shown).toEqual(partly.map(({ answer: { text } }) => (text === 'nonsense' ? '' : text)));
  });

  it('is lenient where being strict would give up much of what is kept', () => {
    // A fifth of the doubtful texts is right: not worth showing, but a third of all that would be kept.
    const doubtful = Array.from({ length: 160 }, (_, i) =>
      i % 4 === 0
        ? writing(i, 'right();', -0.5 - (i % 7) / 100)
        : i % 4 === 1
          ? writing(i, 'nonsense and more of it', -9)
          : writing(i, i % 10 === 2 ? 'right();' : 'x', -3 - (i % 7) / 100),
    );
    const { calibration } = learnSilence(doubtful)!;
    expect(chanceOf(-3, calibration)).toBeLessThan(minChances.balanced);
    expect(calibration.leniency).toBeLessThan(1);
    const kept = (offered: readonly { keptChars: number }[]) =>
      offered.reduce((sum, { keptChars }) => sum + keptChars, 0);
    const offered = doubtful.map((each) => withSilence(each, calibration));
    expect(kept(offered)).toBeGreaterThanOrEqual(0.95 * kept(doubtful.map(({ answer }) => answer)));
    expect(offered.some(({ text }) => text.startsWith('nonsense'))).toBe(false);
  });

  it('is never lenient with what follows a first line', () => {
    // As before, and behind each doubtful text stands a line that is as sure and never right.
    const doubtful = Array.from({ length: 160 }, (_, i) => {
      if (i % 4 === 0) return writing(i, 'right();', -0.5 - (i % 7) / 100);
      if (i % 4 === 1) return writing(i, 'nonsense and more of it', -9);
      const first = i % 10 === 2 ? 'right();' : 'x';
      const one = writing(i, `${first}\nwrong`, -3, 'right();\nother();');
      const lines = [
        { chars: first.length, logProb: -3 - (i % 7) / 100 },
        { chars: first.length + 6, logProb: -3 - (i % 7) / 100 },
      ];
      return { ...one, answer: { ...one.answer, lines } };
    });
    const { calibration } = learnSilence(doubtful)!;
    const offered = doubtful.map((each) => withSilence(each, calibration).text);
    expect(calibration.leniency).toBeLessThan(1);
    expect(offered).toContain('x');
    expect(offered.some((text) => text.includes('\n'))).toBe(false);
  });

  it('is no more lenient than needed', () => {
    expect(learnSilence(work)!.calibration.leniency).toBe(1);
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
    expect(learnSilence(work.slice(0, 10))).toBeUndefined();
    // The less sure half is right half of the time: worth showing all the same.
    const worthShowing = Array.from({ length: 80 }, (_, i) => {
      const isRight = i % 4 === 0 ? i % 8 === 0 : i % 3 > 0;
      return writing(i, isRight ? 'right();' : 'x', i % 4 === 0 ? -2 : -1);
    });
    expect(learnSilence(worthShowing)).toBeUndefined();
  });
});

describe('withSilence', () => {
  it('offers the lines that are sure enough', () => {
    const two = writing(1, 'right();\nwrong();', 0, 'right();\nother();');
    const lines = [
      { chars: 8, logProb: -1 },
      { chars: 17, logProb: -9 },
    ];
    const offered = withSilence(
      { ...two, answer: { ...two.answer, lines } },
      { intercept: 0, slope: 1, leniency: 1 },
    );
    expect(offered).toMatchObject({ text: 'right();', keptChars: 8, refusedChars: 0, isAccepted: true });
  });

  it('offers everything without a calibration', () => {
    expect(withSilence(work[1]!, undefined)).toBe(work[1]!.answer);
  });
});
