import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src/process/training/retrainSummary.ts';
import type { Demonstration } from '../../../src/trainer/data/examples.ts';
import { judgeOffered, type HeldOutComparison } from '../../../src/trainer/gate/heldOutEvaluation.ts';
import { tinyManifest } from '../../trainer/adapterFixture.ts';

/** A held-out prompt with what both policies offered there. */
function comparison(prefix: string, written: string, before: string, after: string): HeldOutComparison {
  const demonstration: Demonstration = {
    ...{ promptKey: prefix, atMs: 0, documentUri: 'file:///a.ts', languageId: 'typescript' },
    ...{ offset: prefix.length, prefix, suffix: '\n', text: written, replacedChars: 0 },
    ...{ weight: 1, source: 'typed', recordId: prefix },
  };
  return { demonstration, before: judgeOffered(before, written), after: judgeOffered(after, written) };
}

const win = (chars: number) => comparison(`win ${chars}`, 'w'.repeat(chars), '', 'w'.repeat(chars));

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
});
