import { describe, expect, it } from 'vitest';
import { summarise } from '../../src/process/retrainSummary.ts';
import type { Demonstration } from '../../src/trainer/examples.ts';
import { judgeOffered, type HeldOutComparison } from '../../src/trainer/heldOutEvaluation.ts';
import { tinyManifest } from '../trainer/adapterFixture.ts';

/** A held-out prompt with what both policies offered there. */
function comparison(prefix: string, written: string, before: string, after: string): HeldOutComparison {
  const demonstration: Demonstration = {
    ...{ promptKey: prefix, atMs: 0, documentUri: 'file:///a.ts', languageId: 'typescript' },
    ...{ offset: prefix.length, prefix, suffix: '\n', text: written, replacedChars: 0 },
    ...{ weight: 1, source: 'typed', recordId: prefix },
  };
  return { demonstration, before: judgeOffered(before, written), after: judgeOffered(after, written) };
}

function samplesOf(comparisons: readonly HeldOutComparison[]) {
  return summarise({ manifest: tinyManifest('one'), comparisons }).samples;
}

const win = (chars: number) => comparison(`win ${chars}`, 'w'.repeat(chars), '', 'w'.repeat(chars));
const loss = (chars: number) => comparison(`loss ${chars}`, 'w'.repeat(chars), 'w'.repeat(chars), '');
const tie = () => comparison('tie', 'w', 'ww', 'ww');

describe('the summary of a retraining', () => {
  it('counts both policies over all held-out prompts', () => {
    const { heldOut, manifest } = summarise({
      manifest: tinyManifest('one'),
      comparisons: [win(9), comparison('a', 'foo(bar)', 'nonsense', 'foo(baz)')],
    });
    expect(manifest.adapterId).toBe('one');
    expect(heldOut.before).toEqual({
      ...{ asked: 2, shown: 1, accepted: 0, keptChars: 0, refusedChars: 8, typedChars: 17 },
    });
    expect(heldOut.after).toEqual({
      ...{ asked: 2, shown: 2, accepted: 1, keptChars: 13, refusedChars: 4, typedChars: 17 },
    });
  });

  it('shows a sample as the line so far, what was written and both offers', () => {
    expect(samplesOf([comparison('a;\nconst b = ', 'foo;', 'bar;', 'foo;')])).toEqual([
      {
        documentUri: 'file:///a.ts',
        lineBefore: 'const b = ',
        written: 'foo;',
        before: 'bar;',
        after: 'foo;',
      },
    ]);
  });

  it.each([
    [
      'takes turns between what got better and what got worse, largest first',
      [win(3), loss(2), win(9), loss(8)],
      ['win 9', 'loss 8', 'win 3', 'loss 2'],
    ],
    [
      'does not hide the losses behind many wins',
      [1, 2, 3, 4, 5, 6, 7].map(win).concat(loss(1)),
      ['win 7', 'loss 1', 'win 6', 'win 5', 'win 4', 'win 3'],
    ],
    [
      'does not hide the wins behind many losses',
      [1, 2, 3, 4, 5, 6, 7].map(loss).concat(win(1)),
      ['win 1', 'loss 7', 'loss 6', 'loss 5', 'loss 4', 'loss 3'],
    ],
    ['leaves out where both offer the same', [tie(), win(4), tie()], ['win 4']],
    ['has no samples where nothing differs', [tie()], []],
  ])('%s', (_, comparisons, expected) => {
    expect(samplesOf(comparisons).map(({ lineBefore }) => lineBefore)).toEqual(expected);
  });
});
