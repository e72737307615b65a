import { describe, expect, it } from 'vitest';
import { completeAt } from '../../../src/completion/completeAt.ts';
import type { FimTokens } from '../../../src/engine/tokenizer/tokenizer.ts';
import { demonstrationOfText } from '../../../src/trainer/data/demonstrations.ts';
import type { Demonstration } from '../../../src/trainer/data/examples.ts';
import {
  demonstrationSequences,
  preferenceSequences,
  textSequence,
  windowSequence,
} from '../../../src/trainer/data/exampleTokens.ts';
import { defaultHyperparameters } from '../../../src/trainer/hyperparameters.ts';
import { preferencesOfCompletion, preferencesOfRanking } from '../../../src/trainer/data/preferences.ts';
import { ScriptedPolicy } from '../../support/fakePolicy.ts';
import { codeMerges, FakeTokenizer } from '../../support/fakeTokenizer.ts';
import { requestAt } from '../../process/tinyServing.ts';
import { askedAt, completion, demonstration, ranking, refusedFor } from '../feedbackRecords.ts';

const tokenizer = new FakeTokenizer({ merges: codeMerges, hasFim: true }) as FakeTokenizer & {
  fim: FimTokens;
};
const tokenisation = { tokenizer, maxPromptTokens: 128, maxNewTokens: 16 };

function written(cursorText: string, text: string): Demonstration {
  return demonstrationOfText(demonstration(askedAt(cursorText, 1), text))!;
}

describe('textSequence', () => {
  it('is the prompt that is served, then the text and the line end', async () => {
    const policy = new ScriptedPolicy(['foo();'], { tokenizer });
    const request = requestAt('const bar = ', { maxPromptTokens: 128 });
    const served = await completeAt(request, policy, new AbortController().signal);
    const sequence = textSequence({ prefix: 'const bar = ', suffix: '\n' }, 'foo();', tokenisation);
    expect(sequence.promptTokens).toEqual(served.written?.promptTokens);
    const typedText = served.written?.typedText ?? '';
    expect(tokenizer.decode(sequence.completionTokens)).toBe(`${typedText}foo();\n`);
  });

  it('holds the first tokens to what was typed already', () => {
    const { completionTokens, freeFrom } = textSequence(
      { prefix: 'retu', suffix: '\n' },
      'rn foo;',
      tokenisation,
    );
    expect(tokenizer.decode(completionTokens)).toBe('return foo;\n');
    expect('retu'.startsWith(tokenizer.decode(completionTokens.slice(0, freeFrom)))).toBe(true);
    expect('retu'.startsWith(tokenizer.decode(completionTokens.slice(0, freeFrom + 1)))).toBe(false);
  });

  it('is as long as a completion may be, and then without its end', () => {
    const { completionTokens } = textSequence(
      { prefix: '', suffix: '' },
      'qwertyuiopasdfghjklzxcvbnm',
      tokenisation,
    );
    expect(completionTokens).toHaveLength(16);
    expect(completionTokens).not.toContain(tokenizer.endOfText);
  });

  it('is only the end for silence', () => {
    const { completionTokens, freeFrom } = textSequence({ prefix: 'a = ', suffix: '\n' }, '', tokenisation);
    expect(completionTokens.slice(freeFrom)).toEqual([tokenizer.endOfText]);
  });
});

describe('windowSequence', () => {
  const documentUri = 'file:///a.ts';
  const around = { documentUri, prefix: 'const bar = foo;\n', suffix: 'return bar;\n' };
  const spell = (tokens: readonly number[]): string => tokenizer.decode(tokens);

  it('teaches each token of the window, cut as the text is cut as a whole', () => {
    const text = '  return foo(bar);\n';
    const { promptTokens, completionTokens, ...rest } = windowSequence({ ...around, text }, tokenisation, 64);
    const above = promptTokens.slice(promptTokens.indexOf(tokenizer.fim.middle) + 1);
    expect(spell(above) + spell(completionTokens)).toBe(around.prefix + text);
    expect([...above, ...completionTokens]).toEqual(tokenizer.encode(around.prefix + text));
    expect(rest).toEqual({ freeFrom: 0, weight: 1 });
  });

  it('has a token across its beginning in the window', () => {
    const prefix = 'const bar = fo';
    const { completionTokens } = windowSequence({ ...around, prefix, text: 'o;\n' }, tokenisation, 64);
    expect(spell(completionTokens)).toBe(' foo;\n');
  });

  it('begins as the prompt of a request there does', () => {
    const { promptTokens } = windowSequence({ ...around, text: 'foo;\n' }, tokenisation, 64);
    const asked = textSequence({ prefix: '', suffix: around.suffix }, 'foo;', tokenisation).promptTokens;
    expect(promptTokens.slice(0, asked.length)).toEqual(asked);
  });

  it('is no longer than it may be, nor is its prompt', () => {
    const long = { ...around, prefix: 'qwertyuiop'.repeat(50), text: 'asdfghjkl'.repeat(50) };
    const { promptTokens, completionTokens } = windowSequence(long, tokenisation, 64);
    expect(completionTokens).toHaveLength(64);
    expect(promptTokens).toHaveLength(tokenisation.maxPromptTokens);
    expect(spell(promptTokens)).toMatch(/yuiop$/);
  });
});

describe('demonstrationSequences', () => {
  it('carries the weights along', () => {
    const demonstrations = [written('a = █\n', 'foo;'), { ...written('b = █\n', 'bar;'), weight: 0.5 }];
    const weights = demonstrationSequences(demonstrations, tokenisation).map(({ weight }) => weight);
    expect(weights).toEqual([1, 0.5]);
  });

  it('leaves out a text of which nothing is left behind what was typed', () => {
    const half = written('interface█\n', 'rn;');
    expect(demonstrationSequences([half], { ...tokenisation, maxNewTokens: 1 })).toEqual([]);
  });
});

describe('preferenceSequences', () => {
  const { reward } = defaultHyperparameters;

  it('believes what a completion’s fate says less than a deliberate ranking', () => {
    const asked = askedAt('a = █\n', 1);
    const behaviour = preferencesOfCompletion(completion(asked, 'wrong;', refusedFor('right;')))!;
    const deliberate = preferencesOfRanking(
      ranking(asked, [
        ['foo;', 1],
        ['bar;', 2],
      ]),
    )!;
    const smoothing = preferenceSequences([behaviour, deliberate], tokenisation, reward).map(
      ({ labelSmoothing }) => labelSmoothing,
    );
    expect(smoothing).toEqual([reward.labelSmoothing, reward.rankingLabelSmoothing]);
  });

  it('has a sequence for each text and the pairs as better and worse', () => {
    const group = preferencesOfRanking(
      ranking(askedAt('a = █\n', 1), [
        ['bar;', 2],
        ['foo;', 1],
      ]),
    )!;
    const [preference] = preferenceSequences([group], tokenisation, reward);
    const texts = preference!.sequences.map(({ completionTokens, freeFrom }) =>
      tokenizer.decode(completionTokens.slice(freeFrom)),
    );
    const told = preference!.pairs.map(([better, worse]) => `${texts[better]!} > ${texts[worse]!}`);
    expect(told).toEqual([expect.stringMatching(/foo;\n > .*bar;\n/)]);
  });
});
