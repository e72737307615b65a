import { describe, expect, it } from 'vitest';
import {
  cancelledSentence,
  progressLine,
  resumedSentence,
  runShare,
  stageShare,
  verdictMessage,
  minutesLeftOf,
} from '../../../src/editor/learning/retrainWords.ts';
import type { RetrainProgress } from '../../../src/trainer/retrainRun.ts';
import { sampleSummary } from '../sampleSummary.ts';

const progress = (part: Partial<RetrainProgress>): RetrainProgress => ({
  stage: 'sft',
  step: 3,
  totalSteps: 20,
  seconds: 9,
  numbers: { loss: 1.234, gradientNorm: 2 },
  ...part,
});

describe('progressLine', () => {
  it('says what is done, how far it is, and the first number', () => {
    expect(progressLine(progress({}))).toBe('Learning from what you wrote (SFT 3 of 20, loss 1.23)');
  });

  it('needs no number', () => {
    expect(progressLine(progress({ stage: 'gate', numbers: {} }))).toBe(
      'Comparing with the policy that serves now (gate 3 of 20)',
    );
  });
});

describe('runShare', () => {
  it('rises over the stages from 0 to 1', () => {
    const shares = (['sft', 'reward', 'ppo', 'gate'] as const).flatMap((stage) =>
      [1, 10, 20].map((step) => runShare(progress({ stage, step }))),
    );
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('takes a stage without steps as not begun', () => {
    expect(stageShare(progress({ totalSteps: 0 }))).toBe(0);
  });
});

describe('resumedSentence', () => {
  it.each([
    [{ step: 4 }, 'goes on from its checkpoint'],
    [{ stage: 'gate', step: 1 } as const, 'goes on from its checkpoint'],
    [{ step: 1 }, 'begins anew'],
  ])('of a run whose first report is %j says that it %s', (first, expected) => {
    expect(resumedSentence(progress(first))).toContain(expected);
  });
});

describe('cancelledSentence', () => {
  it('says where it stopped and whether the next one goes on from there', () => {
    expect(cancelledSentence(progress({}), true)).toContain('SFT step 3 of 20. Its checkpoint is kept');
    expect(cancelledSentence(progress({}), false)).toContain('the next one begins anew');
    expect(cancelledSentence(undefined, false)).toContain('before its first step');
  });
});

describe('verdictMessage', () => {
  it('gives the verdict with the numbers before and after', () => {
    expect(verdictMessage(sampleSummary)).toBe(
      'Promoted: on 30 held-out prompts the new policy is worth 3.00 kept characters a prompt, the one before 1.00; the gain of 2.00 has a 95 % interval from 1.00 to 3.00, all of it above 0. Before → now: right as a whole 2 → 5 of 30, characters kept 100 → 240.',
    );
  });

  it('gives the verdict alone where nothing was compared', () => {
    const nothing = { ...sampleSummary.heldOut.before, asked: 0 };
    const summary = { ...sampleSummary, heldOut: { before: nothing, after: nothing } };
    expect(verdictMessage(summary)).toBe(
      'Promoted: on 30 held-out prompts the new policy is worth 3.00 kept characters a prompt, the one before 1.00; the gain of 2.00 has a 95 % interval from 1.00 to 3.00, all of it above 0.',
    );
  });
});

describe('minutesLeftOf', () => {
  it.each([
    ['at first', 0, 0.04, undefined, 60_000, undefined],
    ['half way through', 0, 0.5, undefined, 120_000, 2],
    ['near the end', 0, 0.99, undefined, 60_000, 1],
    ['gone on from a checkpoint', 0.5, 0.75, undefined, 60_000, 1],
    ['where less is left of its budget', 0, 0.1, 200, 300_000, 4],
    ['where more is', 0, 0.5, 700, 120_000, 2],
    ['where nothing is', 0, 0.5, 0, 120_000, 1],
  ])('%s', (_, startShare, share, secondsLeft, nowMs, minutes) => {
    expect(minutesLeftOf({ atMs: 0, share: startShare }, nowMs, { share, secondsLeft })).toBe(minutes);
  });
});
