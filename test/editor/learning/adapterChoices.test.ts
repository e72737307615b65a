import { describe, expect, it } from 'vitest';
import { adapterChoices, reportChoices } from '../../../src/editor/learning/adapterChoices.ts';
import type { AdapterId } from '../../../src/engine/policy.ts';
import { sampleSummary } from '../sampleSummary.ts';

const adapter = (name: string, promoted = true) => {
  const id = name as AdapterId;
  const { manifest } = sampleSummary;
  const verdict = { ...manifest.verdict, promoted };
  return { kind: 'adapter', id, manifest: { ...manifest, adapterId: id, verdict } } as const;
};
const idsOf = (entries: Parameters<typeof adapterChoices>[0], serving?: string) =>
  adapterChoices(entries, now(serving)).map(({ id }) => id);
/** One that serves is one that was promoted; another one may be promoted and cannot serve. */
const now = (serving?: string, promoted = serving) => ({
  servingId: serving as AdapterId | undefined,
  promotedId: promoted as AdapterId | undefined,
  model: 'tiny',
});

describe('adapterChoices', () => {
  it('offers the adapters that passed the gate, newest first, then the base model', () => {
    expect(idsOf([adapter('a'), adapter('b'), adapter('c')], 'c')).toEqual(['b', 'a', undefined]);
  });

  it('leaves out what never passed the gate and what is damaged', () => {
    const damaged = { kind: 'damaged', id: 'd' as AdapterId, problem: 'gone' } as const;
    expect(idsOf([adapter('a', false), adapter('b'), adapter('c'), damaged], 'c')).toEqual(['b', undefined]);
  });

  it('leaves out adapters of other models, also where one of them was promoted', () => {
    const other = adapter('b');
    const entries = [adapter('a'), { ...other, manifest: { ...other.manifest, baseModelId: 'other' } }];
    expect(idsOf(entries, 'a')).toEqual([undefined]);
    expect(adapterChoices(entries, now(undefined, 'b')).map(({ id }) => id)).toEqual(['a']);
  });

  it('offers the base model where the adapter that shall serve cannot', () => {
    const choices = adapterChoices([adapter('a')], now(undefined, 'gone'));
    expect(choices.map(({ id }) => id)).toEqual(['a', undefined]);
  });

  it('offers every adapter but not the base model while that serves', () => {
    expect(idsOf([adapter('a')])).toEqual(['a']);
    expect(idsOf([])).toEqual([]);
  });

  it('calls the one before the serving one the previous', () => {
    const labels = adapterChoices([adapter('a'), adapter('b'), adapter('c')], now('b')).map(
      ({ label }) => label.split(' of ')[0],
    );
    expect(labels).toEqual([
      '$(history) Adapter',
      '$(history) Previous adapter',
      '$(circle-outline) Base model',
    ]);
  });

  it('says what each has learned from and how it was judged', () => {
    expect(adapterChoices([adapter('a')], now())[0]).toMatchObject({
      description: 'tiny, demonstrations: 40, preferences: 11',
      detail:
        'Promoted: on 30 held-out prompts the new policy is worth 3.00 kept characters a prompt, the one before 1.00; the gain of 2.00 has a 95 % interval from 1.00 to 3.00, all of it above 0.',
    });
  });
});

describe('reportChoices', () => {
  it('offers every sound adapter, whatever its verdict, newest first, and marks the one that serves', () => {
    const at = (name: string, finishedAtMs: number) => {
      const entry = adapter(name, false);
      return { ...entry, manifest: { ...entry.manifest, finishedAtMs } };
    };
    const damaged = { kind: 'damaged', id: 'd' as AdapterId, problem: 'gone' } as const;
    const choices = reportChoices([at('a', 1), damaged, at('b', 2)], 'a' as AdapterId);
    expect(choices.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(choices.map(({ label }) => label.endsWith(', serves now'))).toEqual([false, true]);
  });
});
