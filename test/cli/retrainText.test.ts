import { describe, expect, it } from 'vitest';
import { retrainText } from '../../src/cli/retrainText.ts';
import { summarise } from '../../src/process/retrainSummary.ts';
import { sampleOutcome, type HeldOutTexts } from './sampleRetraining.ts';

const textOf = (...texts: HeldOutTexts[]) => retrainText(summarise(sampleOutcome(texts)));

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
      'Where the old and the new policy differ most on held-out work:\n  cart.ts: let v1 = |',
    );
    expect(text).toContain('  characters kept            8       9\n');
    expect(text.split('\n').slice(-2)).toEqual([
      'Not promoted: that is no sure improvement.',
      'The new adapter is 2026-01-01.',
    ]);
  });

  it('says so when the policies differ nowhere', () => {
    expect(textOf(['first();', 'x', 'x'])).toContain(
      'Both policies offered the same at every held-out place.',
    );
  });
});
