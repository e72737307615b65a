import { describe, expect, it } from 'vitest';
import type { Demonstration } from '../../../src/trainer/data/examples.ts';
import { demonstrationOfText } from '../../../src/trainer/data/demonstrations.ts';
import {
  answerHeldOut,
  comparisonAt,
  judgeOffered,
  toPairedOutcome,
} from '../../../src/trainer/gate/heldOutEvaluation.ts';
import { furtherPart } from '../../../src/completion/trimming/goingOn.ts';
import { heldOutTotals } from '../../../src/trainer/gate/heldOutTotals.ts';
import type { HeldOutPlace } from '../../../src/trainer/gate/heldOutPlaces.ts';
import { ScriptedPolicy } from '../../support/fakePolicy.ts';
import { FakeTokenizer } from '../../support/fakeTokenizer.ts';
import { askedAt, demonstration } from '../feedbackRecords.ts';

/** What the user wrote at a cursor, held out. */
function heldOut(cursorText: string, written: string): Demonstration {
  return demonstrationOfText(demonstration(askedAt(cursorText, 1), written))!;
}

function placeAt(cursorText: string, written: string): HeldOutPlace {
  return { demonstration: heldOut(cursorText, written), written };
}

const limits = { maxPromptTokens: 128, maxNewTokens: 32 };
const never = new AbortController().signal;

describe('judgeOffered', () => {
  const cases: [offered: string, written: string, isAccepted: boolean, kept: number, refused: number][] = [
    ['foo(bar)', 'foo(bar)', true, 8, 0],
    ['foo(baz)', 'foo(bar)', false, 4, 4],
    ['wrong', 'foo(bar)', false, 0, 5],
    ['', 'foo(bar)', false, 0, 0],
    ['one\ntwo', 'one\r\ntwo', true, 7, 0],
    // Of the line behind it nobody knows.
    ['one\ntwo', 'one', true, 3, 0],
    ['one\ntwo', 'oneself', false, 0, 7],
  ];

  it.each(cases)('judges %j where %j was written', (text, written, isAccepted, keptChars, refusedChars) => {
    expect(judgeOffered(text, written)).toEqual({ text, isAccepted, keptChars, refusedChars });
  });
});

describe('answerHeldOut', () => {
  it('judges what the policy would have shown there, trimmed as completions are', async () => {
    const policy = new ScriptedPolicy(['foo(bar);\nmore();\n']);
    const answer = await answerHeldOut(policy, placeAt('const a = █\n', 'foo(bar);'), limits, never);
    expect(answer).toEqual({
      ...{ text: 'foo(bar);', isAccepted: true, keptChars: 9, refusedChars: 0 },
      ends: [3, 4, 7, 8, 9].map((chars) => ({ chars, logProb: expect.any(Number) as number })),
      shapedChars: 9,
    });
    expect(policy.requests).toEqual([
      expect.objectContaining({ count: 1, temperature: 0, maxNewTokens: 96 }),
    ]);
  });

  it('shows the policy the code of the project that belongs to the place', async () => {
    const tokenizer = new FakeTokenizer({ hasRepository: true });
    const policy = new ScriptedPolicy(['foo(bar);\n'], { tokenizer });
    const related = { path: 'own.ts', pieces: [{ path: 'bar.ts', text: 'export const bar = 1;' }] };
    await answerHeldOut(policy, { ...placeAt('const a = █\n', 'foo(bar);'), related }, limits, never);
    const read = tokenizer.decode(policy.requests[0]!.promptTokens);
    expect(read).toContain('bar.ts\nexport const bar = 1;\n');
    expect(read.endsWith('const a =')).toBe(true);
  });

  it('judges a text by all that is known to have been written from there on', async () => {
    const policy = new ScriptedPolicy(['a();\n  c();\n}\n']);
    const place = { demonstration: heldOut('if (x) {\n  █\n}\n', 'a();'), written: 'a();\n  b();' };
    const answer = await answerHeldOut(policy, place, limits, never);
    expect(answer).toMatchObject({ text: 'a();\n  c();', keptChars: 'a();\n'.length, isAccepted: false });
  });

  it('writes further lines that are not sure enough to be served, and says where they begin', async () => {
    const text = 'foo(bar);\nmore();\n';
    const cursorText = 'const a = █\n';
    const answers = await Promise.all(
      [-0.001, -0.06, -0.5].map((logProb) =>
        answerHeldOut(
          new ScriptedPolicy([text], { logProb }),
          placeAt(cursorText, 'foo(bar);\nmore();'),
          limits,
          never,
        ),
      ),
    );
    expect(answers.map(({ text: offered, shapedChars }) => [offered, shapedChars])).toEqual([
      [text.trimEnd(), 9],
      [text.trimEnd(), 9],
      ['foo(bar);', 9],
    ]);
    const served = { intercept: 0, slope: 1 };
    expect(furtherPart(answers[1]!.text, answers[1]!, served)).toBe('foo(bar);');
  });

  it('judges silence as nothing kept and nothing refused', async () => {
    const answer = await answerHeldOut(new ScriptedPolicy(['']), placeAt('a = █\n', 'b;'), limits, never);
    expect(answer).toEqual({
      ...{ text: '', isAccepted: false, keptChars: 0, refusedChars: 0 },
      ...{ ends: [], shapedChars: 0 },
    });
  });
});

describe('a comparison of two policies', () => {
  it('shows as much of what was written as either offers', () => {
    const place = { demonstration: heldOut('  █\n', 'a();'), written: 'a();\n  b();\n  c();' };
    const textWith = (before: string, after: string) =>
      comparisonAt(place, judgeOffered(before, place.written), judgeOffered(after, place.written))
        .demonstration.text;
    expect(textWith('a();', '')).toBe('a();');
    expect(textWith('x', 'a();\n  b();')).toBe('a();\n  b();');
    expect(textWith('a();\n  b();\n  c();\n  d();', 'a();')).toBe(place.written);
  });

  const comparison = (written: string, before: string, after: string) => ({
    demonstration: heldOut('a = █\n', written),
    before: judgeOffered(before, written),
    after: judgeOffered(after, written),
  });
  const comparisons = [comparison('foo bar', 'foo baz', 'foo bar'), comparison('quux', '', 'wrong')];

  it('sums up each side', () => {
    expect(heldOutTotals(comparisons, 'before')).toEqual({
      ...{ asked: 2, shown: 1, accepted: 0, keptChars: 4, refusedChars: 3, typedChars: 11 },
    });
    expect(heldOutTotals(comparisons, 'after')).toEqual({
      ...{ asked: 2, shown: 2, accepted: 1, keptChars: 7, refusedChars: 5, typedChars: 11 },
    });
  });

  it('sums up nothing where nothing was held out', () => {
    expect(heldOutTotals([], 'after')).toMatchObject({ asked: 0, keptChars: 0, typedChars: 0 });
  });

  it('tells the gate where and when it was', () => {
    expect(toPairedOutcome(comparisons[0]!)).toMatchObject({
      documentUri: 'file:///a.ts',
      atMs: 60_000,
      before: { keptChars: 4, refusedChars: 3 },
      after: { keptChars: 7, refusedChars: 0 },
    });
  });
});
