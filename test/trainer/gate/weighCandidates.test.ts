import { describe, expect, it } from 'vitest';
import { demonstrationOfText } from '../../../src/trainer/data/demonstrations.ts';
import { judgeOffered, type WrittenAnswer } from '../../../src/trainer/gate/heldOutEvaluation.ts';
import { weighCandidates, type GateAnswers } from '../../../src/trainer/gate/weighCandidates.ts';
import { askedAt, demonstration } from '../feedbackRecords.ts';

const wrote = 'right();';
const places = Array.from({ length: 80 }, (_, i) => {
  const asked = askedAt(`a${i} = █`, i, `file:///${i % 8}.ts`);
  return { demonstration: demonstrationOfText(demonstration(asked, wrote))!, written: wrote };
});

function answer(text: string, logProb: number): WrittenAnswer {
  return {
    ...judgeOffered(text, wrote),
    ends: [{ chars: text.length, logProb }],
    shapedChars: text.length,
  };
}

const sure = answer(wrote, -0.5);
const nonsense = answer('nonsense and much more of it', -8);
/** Right at every `every`-th place, and sure there. */
const rightAt = (every: number): WrittenAnswer[] => places.map((_, i) => (i % every < 1 ? sure : nonsense));

function weighed(changes: Partial<GateAnswers>) {
  const answers = { places, before: rightAt(3), after: rightAt(3), calibrationBefore: undefined };
  return weighCandidates({ ...answers, mayKeepWeights: true, ...changes }, 1);
}

describe('weighCandidates', () => {
  it('lets the weights before go on with a silence where that is all that is gained', () => {
    const { weights, silent, calibrations, comparisons, verdict } = weighed({});
    expect(weights).toBe('before');
    // Both write the same, so both learn the same.
    expect(calibrations).toEqual({ before: silent!.calibration, after: silent!.calibration });
    expect(verdict).toMatchObject({ promoted: true, isSilenceAlone: true });
    expect(verdict.reason).toContain('What is new is its silence alone');
    expect(comparisons.map(({ after }) => after.text)).toEqual(silent!.answers.map(({ text }) => text));
    expect(comparisons.every(({ after }) => after.refusedChars === 0)).toBe(true);
    expect(comparisons.some(({ before }) => before.refusedChars > 0)).toBe(true);
  });

  it('lets new weights serve that are surely better, silent or not', () => {
    const { weights, verdict } = weighed({ after: rightAt(1.5) });
    expect(weights).toBe('after');
    expect(verdict.promoted).toBe(true);
    expect(verdict).not.toHaveProperty('isSilenceAlone');
  });

  it('lets no new weights serve that are worse behind their silence', () => {
    const { weights, verdict, comparisons } = weighed({ after: rightAt(4) });
    expect(weights).toBe('before');
    expect(verdict.promoted).toBe(true);
    expect(comparisons.filter(({ after }) => after.keptChars > 0)).toHaveLength(27);
  });

  it('lets new weights serve that are about as good behind their silence, and no others', () => {
    const rightBefore = rightAt(3);
    const losing = (count: number) =>
      rightBefore.map((before, i) => (i % 3 === 0 && i < 3 * count ? nonsense : before));
    const { weights, silent, verdict } = weighed({ after: losing(1) });
    expect(weights).toBe('after');
    expect(silent).toBeDefined();
    expect(verdict.promoted).toBe(true);
    expect(verdict).not.toHaveProperty('isSilenceAlone');
    expect(weighed({ after: losing(2) }).weights).toBe('before');
  });

  it('lets the weights before go on with a silence where new ones are worse than what serves', () => {
    const { weights, verdict } = weighed({ after: places.map(() => nonsense) });
    expect(weights).toBe('before');
    expect(verdict).toMatchObject({ promoted: true, isSilenceAlone: true });
  });

  it('compares with the silence that serves already', () => {
    const calibrationBefore = { intercept: 1, slope: 1 };
    const { weights, calibrations, verdict } = weighed({ calibrationBefore });
    expect(weights).toBe('after');
    expect(calibrations.before).toBe(calibrationBefore);
    expect(verdict.promoted).toBe(false);
  });

  it('promotes nothing where the weights before cannot be kept', () => {
    const { weights, verdict } = weighed({ mayKeepWeights: false });
    expect(weights).toBe('after');
    expect(verdict.promoted).toBe(false);
  });

  it('offers no further line that would not be served', () => {
    const text = `${wrote}\nmore();`;
    const ends = [
      { chars: wrote.length, logProb: -0.1 },
      { chars: text.length, logProb: -0.4 },
    ];
    const goingOn = { ...judgeOffered(text, wrote), ends, shapedChars: wrote.length };
    const all = places.map(() => goingOn);
    const { silent, comparisons } = weighed({ before: all, after: all });
    expect(silent).toBeUndefined();
    expect(comparisons[0]).toMatchObject({ before: { text: wrote }, after: { text: wrote } });
  });

  it('promotes nothing where neither weights nor silence gain', () => {
    const all = places.map(() => sure);
    expect(weighed({ before: all, after: all }).verdict.promoted).toBe(false);
  });
});
