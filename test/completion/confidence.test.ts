import { describe, expect, it } from 'vitest';
import { completeAt } from '../../src/completion/completeAt.ts';
import type { WrittenText } from '../../src/completion/completion.ts';
import { chanceOf, firstLineLeniency, sureLines, surePart } from '../../src/completion/confidence.ts';
import { calibrated } from '../../src/engine/policy.ts';
import { utilityOf } from '../../src/trainer/utility.ts';
import { minChances } from '../../src/completion/confidence.ts';
import { requestAt } from '../process/tinyServing.ts';
import { ScriptedPolicy } from '../support/fakePolicy.ts';
import { FakeTokenizer } from '../support/fakeTokenizer.ts';

/** A token for each character. */
const tokenizer = new FakeTokenizer({ hasFim: true });

function written(text: string, logProbs: readonly number[], typedText = ''): WrittenText {
  return {
    ...{ promptTokens: [], typedText, temperature: 0 },
    completionTokens: tokenizer.encode(typedText + text),
    behaviourLogProbs: [...new Array<number>(typedText.length).fill(0), ...logProbs],
    freeFrom: typedText.length,
  };
}

describe('sureLines', () => {
  it('adds up what was written freely, to the end of each line', () => {
    const text = 'ab\nc';
    expect(sureLines(text, written(text, [-1, -2, -4, -8]), tokenizer)).toEqual([
      { chars: 2, logProb: -3 },
      { chars: 4, logProb: -15 },
    ]);
  });

  it('leaves out what was typed already and what was trimmed', () => {
    expect(sureLines('ab', written('ab  ', [-1, -2, -4, -8], 'xy'), tokenizer)).toEqual([
      { chars: 2, logProb: -3 },
    ]);
  });

  it('counts characters that are several bytes', () => {
    const text = 'ä\n€';
    const lines = sureLines(
      text,
      { ...written(text, [-1, -2, -4]), completionTokens: tokenizer.encode(text) },
      tokenizer,
    );
    expect(lines.map(({ chars }) => chars)).toEqual([1, 3]);
  });

  it('has no line that says nothing', () => {
    expect(sureLines('\nab', written('\nab', [-1, -1, -1]), tokenizer)).toEqual([{ chars: 3, logProb: -3 }]);
  });
});

describe('surePart', () => {
  const lines = [
    { chars: 2, logProb: -1 },
    { chars: 5, logProb: -3 },
  ];
  const part = (minChance: number) =>
    surePart('ab\ncd', lines, { calibration: { intercept: 1, slope: 1 }, minChance });

  it('is the text as far as its chance suffices, in whole lines', () => {
    expect(chanceOf(-1, { intercept: 1, slope: 1 })).toBe(0.5);
    expect(chanceOf(-3, { intercept: 1, slope: 1 })).toBeCloseTo(0.12, 2);
    expect(part(0.1)).toBe('ab\ncd');
    expect(part(0.2)).toBe('ab');
  });

  it('lets a first line off, and none behind it', () => {
    expect(part(0.5 / firstLineLeniency)).toBe('ab');
    expect(part(0.5 / firstLineLeniency + 1e-9)).toBe('');
    expect(part(0.13)).toBe('ab');
  });
});

describe('a policy that knows its chances', () => {
  const calibration = { intercept: 0, slope: 1 };
  const policy = calibrated(new ScriptedPolicy(['foo();'], { tokenizer }), calibration);
  const asked = (minChance?: number) =>
    completeAt(requestAt('const bar = ', { minChance }), policy, new AbortController().signal);

  it('offers what is sure enough and keeps silent otherwise, with what it wrote by then', async () => {
    const offered = await asked(0);
    expect(offered).toMatchObject({ kind: 'completion', text: 'foo();' });
    const { logProb } = sureLines('foo();', offered.written!, tokenizer)[0]!;
    const chance = chanceOf(logProb, calibration) / firstLineLeniency;
    expect(await asked(chance - 1e-6)).toMatchObject({ kind: 'completion' });
    expect(await asked(chance + 1e-6)).toMatchObject({
      kind: 'none',
      reason: 'unsure',
      written: { completionTokens: offered.written!.completionTokens.slice(0, -1) },
    });
  });

  it('writes no further than something can be offered', async () => {
    const text = 'foo();\n  bar();\n  baz();';
    const askedFor = (minChance: number) => {
      const writer = new ScriptedPolicy([{ text, ends: true }], { tokenizer });
      const request = requestAt('if (a) {\n  ', { minChance, maxNewTokens: 64 });
      return completeAt(request, calibrated(writer, calibration), new AbortController().signal);
    };
    /** Each character has a log-probability of -0.5. */
    const chanceUpTo = (sure: string): number => chanceOf(-0.5 * sure.length, calibration);
    const writtenOf = ({ written }: Awaited<ReturnType<typeof askedFor>>) =>
      tokenizer.decode(written!.completionTokens.slice(written!.freeFrom));

    const first = await askedFor(chanceUpTo('foo();\n  b'));
    expect(first).toMatchObject({ kind: 'completion', text: 'foo();' });
    expect(writtenOf(first)).toBe('foo();\n  ba');

    const nothing = await askedFor(chanceUpTo('foo') / firstLineLeniency);
    expect(nothing).toMatchObject({ kind: 'none', reason: 'unsure' });
    expect(writtenOf(nothing)).toBe('foo(');

    expect(await askedFor(chanceUpTo(text))).toMatchObject({ kind: 'completion', text });
  });

  it('offers everything where no chance is asked for, or none is known', async () => {
    expect(await asked()).toMatchObject({ kind: 'completion' });
    const unknown = new ScriptedPolicy(['foo();'], { tokenizer });
    const request = requestAt('const bar = ', { minChance: 1 });
    expect(await completeAt(request, unknown, new AbortController().signal)).toMatchObject({
      kind: 'completion',
    });
  });
});

it('shows from the chance on at which showing is worth as much as silence', () => {
  const worth = (chance: number): number => chance * utilityOf(12, 0) + (1 - chance) * utilityOf(0, 12);
  expect(worth(minChances.balanced)).toBeCloseTo(0, 12);
});
