import { describe, expect, it } from 'vitest';
import { completeAt } from '../../../src/completion/completeAt.ts';
import type { WrittenText } from '../../../src/completion/completion.ts';
import {
  chanceOf,
  firstLineLeniency,
  logitOf,
  offerEnds,
  surePart,
} from '../../../src/completion/trimming/confidence.ts';
import { calibrated } from '../../../src/engine/policy.ts';
import { utilityOf } from '../../../src/trainer/gate/utility.ts';
import { minChances } from '../../../src/completion/trimming/confidence.ts';
import { requestAt } from '../../process/tinyServing.ts';
import { ScriptedPolicy } from '../../support/fakePolicy.ts';
import { FakeTokenizer } from '../../support/fakeTokenizer.ts';

/** A token for each character, and one for two. */
const tokenizer = new FakeTokenizer({ merges: ['.n'], hasFim: true });

function written(text: string, logProbs: readonly number[], typedText = ''): WrittenText {
  return {
    ...{ promptTokens: [], typedText, temperature: 0 },
    completionTokens: tokenizer.encode(typedText + text),
    behaviourLogProbs: [...new Array<number>(typedText.length).fill(0), ...logProbs],
    freeFrom: typedText.length,
  };
}

describe('offerEnds', () => {
  it('adds up what was written, to the end of each word of the first line and of each line', () => {
    const text = 'ab(c)\nd e';
    expect(offerEnds(text, written(text, [-1, -2, -4, -8, -16, -32, -64, -128, -256]), tokenizer)).toEqual([
      { chars: 2, logProb: -3 },
      { chars: 3, logProb: -7 },
      { chars: 4, logProb: -15 },
      { chars: 5, logProb: -31 },
      { chars: 9, logProb: -511 },
    ]);
  });

  it('leaves out what was trimmed', () => {
    expect(offerEnds('ab', written('ab  ', [-1, -2, -4, -8], 'xy'), tokenizer)).toEqual([
      { chars: 2, logProb: -3 },
    ]);
  });

  it('counts a word that was begun in one token with what was typed', () => {
    const completionTokens = tokenizer.encode('.name').slice(0, 3);
    expect(tokenizer.decode(completionTokens)).toBe('.nam');
    const healed = { ...written('', []), ...{ typedText: '.', freeFrom: 1, completionTokens } };
    const endsOf = (text: string) =>
      offerEnds(text, { ...healed, behaviourLogProbs: [-4, -1, -2] }, tokenizer);
    expect(endsOf('nam')).toEqual([{ chars: 3, logProb: -7 }]);
    expect(endsOf('n')).toEqual([{ chars: 1, logProb: -4 }]);
  });

  it('counts characters that are several bytes', () => {
    const text = 'ä\n€';
    const bytes = { ...written(text, [-1, -2, -4]), completionTokens: tokenizer.encode(text) };
    expect(offerEnds(text, bytes, tokenizer).map(({ chars }) => chars)).toEqual([1, 3]);
  });

  it('ends behind no blank and in no line that says nothing', () => {
    const text = '\na  b';
    expect(offerEnds(text, written(text, [-1, -1, -1, -1, -1]), tokenizer)).toEqual([
      { chars: 2, logProb: -2 },
      { chars: 5, logProb: -5 },
    ]);
  });
});

it('ends within no character', () => {
  const text = 'a\u{1F600}b';
  const sure = written(text, [-1, -1, -1]);
  const ends = offerEnds(text, { ...sure, completionTokens: tokenizer.encode(text) }, tokenizer);
  expect(ends.map(({ chars }) => text.slice(0, chars).isWellFormed())).toEqual(ends.map(() => true));
  expect(ends.map(({ chars }) => chars)).toEqual([1, 3, 4]);
});

describe('chanceOf', () => {
  it('is the probability itself on the curve of a policy that is as often right as it believes', () => {
    for (const p of [0.01, 0.3, 0.5, 0.9]) {
      expect(chanceOf(Math.log(p), { intercept: 0, slope: 1 })).toBeCloseTo(p, 12);
      expect(logitOf(Math.log(p))).toBeCloseTo(Math.log(p / (1 - p)), 12);
    }
  });

  it('stays below certainty, and above 0', () => {
    expect(chanceOf(0, { intercept: 0, slope: 1 })).toBeCloseTo(0.999, 4);
    expect(chanceOf(-700, { intercept: 0, slope: 1 })).toBeGreaterThan(0);
    expect(chanceOf(-2000, { intercept: 0, slope: 1 })).toBe(0);
  });
});

describe('surePart', () => {
  const calibration = { intercept: 0, slope: 1 };
  const text = 'word.another(thing)\nmore();';
  const ends = [
    { chars: 4, logProb: Math.log(0.9) },
    { chars: 5, logProb: Math.log(0.9) },
    { chars: 12, logProb: Math.log(0.4) },
    { chars: 19, logProb: Math.log(0.2) },
    { chars: 27, logProb: Math.log(0.2) },
  ];
  const part = (minChance: number) => surePart(text, ends, { calibration, minChance });

  it('is the text as far as its chance suffices', () => {
    expect(part(0.1)).toBe(text);
    expect(part(0.5 / firstLineLeniency)).toBe('word.');
    expect(part(0.3 / firstLineLeniency)).toBe('word.another');
  });

  it('lets a first line off, and none behind it', () => {
    expect(part(0.2 / firstLineLeniency - 1e-9)).toBe('word.another(thing)');
    expect(part(0.2 / firstLineLeniency + 1e-9)).toBe('word.another');
    expect(part(0.2 - 1e-9)).toBe(text);
  });

  it('is nothing where all of it is not worth a key', () => {
    const offer = (sign: string, p: number) =>
      surePart(sign, [{ chars: sign.length, logProb: Math.log(p) }], { calibration, minChance: 1 / 4 });
    expect(offer(')', 1)).toBe('');
    expect(offer(');', 0.9)).toBe(');');
    expect(offer(');', 0.7)).toBe('');
  });

  it('never shows more for asking more', () => {
    const chances = [0.05, 0.1, 0.2, 0.4, 0.8, 1];
    const lengths = chances.map((minChance) => part(minChance).length);
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
  });
});

describe('a policy that knows its chances', () => {
  /** Less often right than it believes. */
  const calibration = { intercept: -1.5, slope: 1 };
  const text = 'foo(bar, baz);';
  const logProb = -0.02;
  const policyWriting = (...texts: ConstructorParameters<typeof ScriptedPolicy>[0]) =>
    calibrated(new ScriptedPolicy(texts, { tokenizer, logProb }), calibration);
  const asked = (minChance?: number, prompt = 'const bar = ') =>
    completeAt(requestAt(prompt, { minChance }), policyWriting(text), new AbortController().signal);
  const chanceUpTo = (sure: string): number => chanceOf(logProb * sure.length, calibration);
  const writtenOf = ({ written }: Awaited<ReturnType<typeof asked>>) =>
    tokenizer.decode(written!.completionTokens.slice(written!.freeFrom));

  it('offers a first line as far as it is sure enough, and writes no further', async () => {
    const askedFor = (sure: string) => asked(chanceUpTo(sure) / firstLineLeniency - 1e-9);
    const offered = await askedFor('foo(bar, ba');
    expect(offered).toMatchObject({ kind: 'completion', text: 'foo(bar,', endsWithinLine: true });
    expect(writtenOf(offered)).toBe('foo(bar, baz');
    const whole = await askedFor(text);
    expect(whole).toMatchObject({ kind: 'completion', text });
    expect(whole).not.toHaveProperty('endsWithinLine');
  });

  it('offers nothing where the sure part is not worth a key, with what it wrote by then', async () => {
    const nothing = await asked(chanceUpTo('f') / firstLineLeniency - 1e-9);
    expect(nothing).toMatchObject({ kind: 'none', reason: 'unsure' });
    expect(writtenOf(nothing)).toBe('fo');
  });

  it('is unsure where it gave up before the first word, and of nothing else is it said that there is more', async () => {
    const unsure = calibrated(new ScriptedPolicy([' foo'], { tokenizer, logProb: -2 }), calibration);
    const request = requestAt('const bar =', { minChance: minChances.balanced });
    const nothing = await completeAt(request, unsure, new AbortController().signal);
    expect(nothing).toMatchObject({ kind: 'none', reason: 'unsure' });
    expect(writtenOf(nothing)).toBe(' ');
    expect(await asked(chanceUpTo('foo(bar, ba') / firstLineLeniency - 1e-9)).toMatchObject({
      isSurePart: true,
    });
    expect(await asked(minChances.rarely)).not.toHaveProperty('isSurePart');
  });

  it('replaces behind the cursor only what is offered', async () => {
    const replacedIn = async (sure: string) => {
      const request = requestAt('call(', {
        suffix: ')\n',
        minChance: chanceUpTo(sure) / firstLineLeniency - 1e-9,
      });
      return completeAt(request, policyWriting('foo, bar) {'), new AbortController().signal);
    };
    expect(await replacedIn('foo, bar) {')).toMatchObject({ text: 'foo, bar) {', replacedChars: 1 });
    expect(await replacedIn('foo, bar')).toMatchObject({ text: 'foo, bar', replacedChars: 0 });
    expect(await replacedIn('foo, bar)')).toMatchObject({ text: 'foo, bar', replacedChars: 0 });
  });

  it('writes no line that cannot be offered', async () => {
    const block = 'foo();\n  bar();\n  baz();';
    const askedFor = (minChance: number) => {
      const request = requestAt('if (a) {\n  ', { minChance, maxNewTokens: 64 });
      return completeAt(request, policyWriting({ text: block, ends: true }), new AbortController().signal);
    };
    const first = await askedFor(chanceUpTo('foo();\n  b'));
    expect(first).toMatchObject({ kind: 'completion', text: 'foo();' });
    expect(first).not.toHaveProperty('endsWithinLine');
    expect(first).toHaveProperty('isSurePart', true);
    expect(writtenOf(first)).toBe('foo();\n  ba');
    expect(await askedFor(chanceUpTo(block) - 1e-9)).toMatchObject({ kind: 'completion', text: block });
  });

  it('offers everything where no chance is asked for', async () => {
    expect(await asked()).toMatchObject({ kind: 'completion' });
  });
});

describe('a policy whose chances were never measured', () => {
  const text = 'foo();';
  const offered = (minChance: number, chance: number) =>
    completeAt(
      requestAt('const bar = ', { minChance }),
      new ScriptedPolicy([text], { tokenizer, logProb: Math.log(chance) / text.length }),
      new AbortController().signal,
    );

  it('offers whatever it writes to who wants a balance', async () => {
    expect(await offered(minChances.balanced, 0.01)).toMatchObject({ kind: 'completion', text });
  });

  it('goes by what it believes for who rarely wants to be offered something', async () => {
    const least = minChances.rarely * firstLineLeniency;
    expect(await offered(minChances.rarely, least + 0.05)).toMatchObject({ kind: 'completion', text });
    expect(await offered(minChances.rarely, 0.01)).toMatchObject({ kind: 'none', reason: 'unsure' });
  });
});

it('shows from the chance on at which showing is worth as much as silence', () => {
  const worth = (chance: number): number => chance * utilityOf(12, 0) + (1 - chance) * utilityOf(0, 12);
  expect(worth(minChances.balanced)).toBeCloseTo(0, 12);
});
