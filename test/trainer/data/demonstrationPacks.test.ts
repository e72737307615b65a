import { describe, expect, it } from 'vitest';
import {
  packDemonstrations,
  packWindows,
  type PackSettings,
} from '../../../src/trainer/data/demonstrationPacks.ts';
import { demonstrationOfText } from '../../../src/trainer/data/demonstrations.ts';
import type { Demonstration } from '../../../src/trainer/data/examples.ts';
import type { WeightedSequence } from '../../../src/trainer/stages/sft.ts';
import { codeMerges, FakeTokenizer } from '../../support/fakeTokenizer.ts';
import { askedAt, demonstration } from '../feedbackRecords.ts';

const tokenizer = new FakeTokenizer({ merges: codeMerges, hasFim: true });

const settings: PackSettings = {
  tokenisation: { tokenizer, maxPromptTokens: 256, maxNewTokens: 64 },
  maxPackedTokens: 256,
  aboveWeight: 0.5,
  maxWindowTokens: 64,
  isHeldOutLine: () => false,
  breathe: () => Promise.resolve(),
};

function written(cursorText: string, text: string, documentUri = 'file:///a.ts'): Demonstration {
  return demonstrationOfText(demonstration(askedAt(cursorText, 1, documentUri), text))!;
}

/** What a sequence teaches: the text before the cursor, and what it puts there. */
function taught({ promptTokens, completionTokens }: WeightedSequence): string {
  const prefix = tokenizer.decode(promptTokens.slice(promptTokens.indexOf(tokenizer.fim!.middle) + 1));
  return `${prefix}|${tokenizer.decode(completionTokens)}`.replaceAll('\n', '/');
}

const here = written('top();\nconst a = f(1);\nconst b = █\nend();\n', 'g(2);');

const packOf = async (changes: Partial<PackSettings> = {}, demonstrations = [here]): Promise<string[][]> =>
  (await packDemonstrations(demonstrations, { ...settings, ...changes })).map((pack) => pack().map(taught));

/** Every sequence of a pack spells the document's text up to one of its line ends. */
const spelled = (one: string): string => one.replace('|', '');

describe('packDemonstrations', () => {
  it('gives what was written first, then what stands above it, from the cursor up', async () => {
    const [pack] = await packOf();
    expect(spelled(pack![0]!)).toBe('top();/const a = f(1);/const b = g(2);/');
    // Pauses are at a line's start, behind 'const', behind '=' and behind '('.
    expect(pack!.slice(1).map(spelled)).toEqual([
      ...new Array<string>(2).fill('top();/const a = f(1);/const b = g(2);/'),
      ...new Array<string>(4).fill('top();/const a = f(1);/'),
    ]);
    const places = pack!.map((one) => one.indexOf('|'));
    expect(places).toEqual(places.toSorted((a, b) => b - a));
  });

  it('has the same text below for all of them', async () => {
    const [pack] = await packDemonstrations([here], settings);
    for (const { promptTokens } of pack!())
      expect(tokenizer.decode(promptTokens.slice(0, promptTokens.indexOf(tokenizer.fim!.middle)))).toBe(
        '\nend();\n',
      );
  });

  it('weighs what stands above as it is told, and leaves it out at 0', async () => {
    const [pack] = await packDemonstrations([here], settings);
    expect(pack!().map(({ weight }) => weight)).toEqual([1, ...new Array<number>(6).fill(0.5)]);
    expect(await packOf({ aboveWeight: 0 })).toEqual([[expect.stringContaining('g(2);')]]);
  });

  it('never shows a line that is held out', async () => {
    const isHeldOutLine = (line: string, uri?: string): boolean =>
      uri === 'file:///a.ts' && line === 'const a = f(1);';
    expect((await packOf({ isHeldOutLine }))[0]!.map(spelled)).toEqual(
      new Array<string>(3).fill('top();/const a = f(1);/const b = g(2);/'),
    );
  });

  it('knows the line of the cursor with what stands behind it', async () => {
    const called = written('top();\nconst b = g(█);\nend();\n', '2');
    const isHeldOutLine = (line: string): boolean => line === 'const b = g(2);';
    const [shown, hidden] = [await packOf({}, [called]), await packOf({ isHeldOutLine }, [called])];
    expect(shown[0]!.slice(1).map(spelled)).toContain('top();/const b = g(2');
    expect(hidden[0]!.slice(1).map(spelled)).not.toContain('top();/const b = g(2');
  });

  it("takes its cursor's line alone where something stands behind that, which stood behind no line above", async () => {
    const called = written('top();\nconst a = f(1);\nconst b = g(█);\nend();\n', '2');
    const [pack] = await packOf({}, [called]);
    expect(pack!.length).toBeGreaterThan(3);
    expect(pack!.map(spelled)).toEqual(pack!.map(() => 'top();/const a = f(1);/const b = g(2'));
    expect((await packOf({}, [written('const b = g(█);\n', '2')]))[0]).toHaveLength(1);
  });

  it('ends where its room ends', async () => {
    const roomFor = (await packDemonstrations([here], settings))[0]!()
      .slice(0, 2)
      .reduce((sum, { completionTokens }) => sum + completionTokens.length, 0);
    expect((await packOf({ maxPackedTokens: roomFor }))[0]).toHaveLength(2);
    expect((await packOf({ maxPackedTokens: 0 }))[0]).toHaveLength(1);
  });

  it('reads demonstrations of one place together, each place once', async () => {
    const next = written('top();\nconst a = f(1);\nconst b = g(2);\nconst c = █\nend();\n', 'h(3);');
    const elsewhere = written('other();\nconst d = █\n', '4;', 'file:///b.ts');
    const packs = await packOf({}, [here, next, elsewhere]);
    expect(packs).toHaveLength(2);
    const [together] = packs;
    expect(together!.slice(0, 2).map(spelled)).toEqual([
      'top();/const a = f(1);/const b = g(2);/const c = h(3);/',
      'top();/const a = f(1);/const b = g(2);/',
    ]);
    expect(new Set(together)).toHaveProperty('size', together!.length);
  });

  it('keeps to what the prompt shows', async () => {
    const long = `first();\n${'const filler = value(0);\n'.repeat(80)}const b = █\n`;
    const [pack] = await packDemonstrations([written(long, 'g(2);')], settings);
    const [trunk, ...above] = pack!();
    expect(above.length).toBeGreaterThan(3);
    for (const { promptTokens } of above)
      expect(trunk!.promptTokens.slice(0, promptTokens.length)).toEqual(promptTokens);
  });

  it('leaves out what leaves nothing to learn', async () => {
    expect(await packOf({}, [])).toEqual([]);
  });

  it('makes way and may be cancelled while it reads many', async () => {
    const many = new Array<Demonstration>(100).fill(here);
    let breaths = 0;
    const breathe = () => {
      breaths += 1;
      return breaths < 3 ? Promise.resolve() : Promise.reject(new Error('cancelled'));
    };
    await expect(packDemonstrations(many, { ...settings, breathe })).rejects.toThrow('cancelled');
    expect(breaths).toBe(3);
  });
});

describe('packWindows', () => {
  const windowOf = (text: string, rareLines: string[] = []) => ({
    ...{ documentUri: 'file:///a.ts', prefix: '', text, suffix: 'end();', rareLines },
  });
  const windows = [
    windowOf('one();\n'),
    windowOf('two();\n  three();\n', ['two();', 'three();']),
    windowOf('four();\n'),
  ];
  const taughtBy = (changes: Partial<PackSettings>): string[][] =>
    packWindows(windows, { ...settings, ...changes }).map((pack) => pack().map(taught));

  it('reads each window by itself', () => {
    expect(taughtBy({})).toEqual([['|one();/'], ['|two();/  three();/'], ['|four();/']]);
  });

  it('leaves out a window with a rare line that is held out, of whichever document it is', () => {
    const isHeldOutLine = (line: string, uri?: string): boolean =>
      uri === undefined && ['one();', 'three();'].includes(line);
    expect(taughtBy({ isHeldOutLine })).toEqual([['|one();/'], ['|four();/']]);
  });

  it('cuts a window to the tokens that it may have', () => {
    const packs = packWindows(windows, { ...settings, maxWindowTokens: 2 });
    expect(packs.map((pack) => pack()[0]!.completionTokens.length)).toEqual([2, 2, 2]);
  });
});
