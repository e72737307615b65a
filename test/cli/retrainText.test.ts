import { describe, expect, it } from 'vitest';
import { retrainText } from '../../src/cli/retrainText.ts';
import { sampleOutcome, type HeldOutTexts } from './sampleRetraining.ts';

function textOf(...texts: HeldOutTexts[]): string {
  const { manifest, comparisons } = sampleOutcome(texts);
  return retrainText(manifest, { formatVersion: 1, comparisons: [...comparisons], forgotten: 0 });
}

describe('retrainText', () => {
  it('tells what was learned, where the policies differ, the totals, the verdict and the adapter', () => {
    const text = textOf(['first();', 'first();', ''], ['second();', '', 'second();']);
    expect(text.split('\n').slice(0, 4)).toEqual([
      'Learned from 1 demonstrations, 3 preferences at 2 prompts.',
      '  sft     7 steps in 12 s',
      '  ppo     0 steps in 0 s (there was too little)',
      '',
    ]);
    expect(text).toContain(
      'Where the new policy gained most on held-out work:\n  cart.ts: let v1 = |\n    written  second();\n    before   (silent)',
    );
    expect(text).toContain('Where it lost most:\n  cart.ts: let v0 = |');
    expect(text).toContain('  characters kept            8       9\n');
    expect(text.split('\n').slice(-2)).toEqual([
      'Not promoted: that is no sure improvement.',
      'The adapter is 2026-01-01.',
    ]);
  });

  it('says so when the policies differ nowhere', () => {
    expect(textOf(['first();', 'x', 'x'])).toContain(
      'The new policy is nowhere better or worse on held-out work.',
    );
  });

  it('counts the characters of an offer as they were offered, with the indentation that is not shown', () => {
    const { manifest, comparisons } = sampleOutcome([
      ['first(\n    1,\n    2,\n  );', '', 'first(\n    1,\n    3'],
    ]);
    const [{ demonstration, ...answers }] = comparisons as [(typeof comparisons)[0]];
    const indented = { ...answers, demonstration: { ...demonstration, prefix: '  let v = ' } };
    const text = retrainText(manifest, { formatVersion: 1, comparisons: [indented], forgotten: 0 });
    expect(text).toContain('    after    first(⏎  1,⏎  3   [14 of 19 characters kept]');
    expect(text).toContain('  characters kept            0      14\n');
  });

  it('says why there is nothing to compare', () => {
    expect(retrainText(sampleOutcome([]).manifest, undefined)).toContain(
      'are not kept: they were forgotten since',
    );
  });
});
