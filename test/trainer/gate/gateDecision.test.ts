import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/engine/random.ts';
import {
  decidePromotion,
  fewestThatDecide,
  type PairedOutcome,
  type ServedOutcome,
} from '../../../src/trainer/gate/gateDecision.ts';

const silence: ServedOutcome = { keptChars: 0, refusedChars: 0 };

/** `count` prompts over `documents` documents; `judge` says what the two policies did at each. */
function outcomes(
  { count, documents }: { count: number; documents: number },
  judge: (index: number) => { before: ServedOutcome; after: ServedOutcome },
): PairedOutcome[] {
  return Array.from({ length: count }, (_, index) => ({
    documentUri: `file:///${index % documents}.ts`,
    atMs: index,
    ...judge(index),
  }));
}

const kept = (keptChars: number): ServedOutcome => ({ keptChars, refusedChars: 0 });
const refused = (refusedChars: number): ServedOutcome => ({ keptChars: 0, refusedChars });
/** Between -2 and 2, so that no two prompts are alike. */
const wobble = (index: number) => (index % 5) - 2;

const random = RandomStream.named(5, 'test/noise');
const noise = Array.from({ length: 60 }, () => random.nextNormal());

describe('decidePromotion', () => {
  it.each([
    {
      name: 'promotes what keeps more characters everywhere',
      size: { count: 60, documents: 12 },
      judge: (i: number) => ({ before: kept(10), after: kept(14 + wobble(i)) }),
      promoted: true,
    },
    {
      name: 'promotes a policy that falls silent where the old one was refused',
      size: { count: 60, documents: 12 },
      judge: (i: number) => ({
        before: i % 2 === 0 ? kept(9) : refused(12),
        after: i % 2 === 0 ? kept(9) : silence,
      }),
      promoted: true,
    },
    {
      name: 'keeps the old policy when the two are the same',
      size: { count: 60, documents: 12 },
      judge: () => ({ before: kept(10), after: kept(10) }),
      promoted: false,
    },
    {
      name: 'keeps the old policy when the gain may be chance',
      size: { count: 60, documents: 12 },
      judge: (i: number) => ({ before: kept(20), after: kept(20.2 + 8 * noise[i]!) }),
      promoted: false,
    },
    {
      name: 'keeps the old policy when the gain comes from one document',
      size: { count: 60, documents: 6 },
      judge: (i: number) => ({ before: kept(5), after: kept(i % 6 === 0 ? 40 : 5) }),
      promoted: false,
    },
    {
      name: 'keeps the old policy when the new one shows more and is refused more',
      size: { count: 60, documents: 12 },
      judge: (i: number) => ({ before: silence, after: i % 5 === 0 ? kept(6) : refused(10) }),
      promoted: false,
    },
    {
      name: 'takes stretches of work as groups where there are few documents',
      size: { count: 40, documents: 1 },
      judge: (i: number) => ({ before: kept(10), after: kept(15 + wobble(i)) }),
      promoted: true,
    },
  ])('$name', ({ size, judge, promoted }) => {
    const verdict = decidePromotion(outcomes(size, judge), 1);
    expect(verdict.promoted, verdict.reason).toBe(promoted);
    expect(verdict.comparison!.low > 0).toBe(promoted);
  });

  it.each([
    { count: 0, documents: 1 },
    { count: 29, documents: 10 },
    { count: 28, documents: 1 },
  ])('does not decide on $count prompts', (size) => {
    const verdict = decidePromotion(
      outcomes(size, () => ({ before: silence, after: kept(50) })),
      1,
    );
    expect(verdict).toMatchObject({ promoted: false });
    expect(verdict.comparison).toBeUndefined();
    expect(verdict.reason).toContain(`${size.count} held-out prompts are too few`);
  });

  it('names the stretches where prompts enough make too few of them', () => {
    const verdict = decidePromotion(
      outcomes({ count: 45, documents: 5 }, () => ({ before: silence, after: kept(50) })),
      1,
    );
    expect(verdict).toMatchObject({ promoted: false });
    expect(verdict.reason).toContain('the 45 held-out prompts come from 5 stretches of work, too few');
  });

  it('says why with both numbers and the interval', () => {
    const better = outcomes({ count: 60, documents: 12 }, (i) => ({
      before: kept(10),
      after: kept(14 + wobble(i)),
    }));
    expect(decidePromotion(better, 1).reason).toMatch(
      /^Promoted: on 60 held-out prompts the new policy is worth 14\.00 kept characters a prompt, the one before 10\.00; the gain of 4\.00 has a 95 % interval from \d\.\d\d to \d\.\d\d, all of it above 0\.$/,
    );
    const worse = outcomes({ count: 60, documents: 12 }, (i) => ({
      before: kept(14 + wobble(i)),
      after: kept(10),
    }));
    expect(decidePromotion(worse, 1).reason).toMatch(/so it is worse\.$/);
  });

  it('gives the same verdict for the same outcomes and seed, in whatever order they come', () => {
    const some = outcomes({ count: 60, documents: 9 }, (i) => ({
      before: kept(10),
      after: kept(11 + 3 * wobble(i)),
    }));
    const verdict = decidePromotion(some, 7);
    expect(decidePromotion(some, 7)).toEqual(verdict);
    expect(decidePromotion(RandomStream.named(1, 'test').shuffled(some), 7)).toEqual(verdict);
  });
});

describe('fewestThatDecide', () => {
  /** Places of documents with so many each, worked on in turn. */
  const placesOf = (...lengths: number[]) =>
    lengths
      .flatMap((length, uri) =>
        Array.from({ length }, (_, i) => ({ documentUri: `${uri}`, atMs: 10 * i + uri })),
      )
      .sort((a, b) => a.atMs - b.atMs);

  it.each([
    {
      name: 'the smallest set where documents are the groups',
      lengths: [20, 20, 20, 20, 20, 20],
      fewest: 30,
    },
    { name: 'the smallest set of one document', lengths: [120], fewest: 30 },
    // Of the first 30 each document has 7 or 8, which are one stretch; of the first 38 two have 10.
    { name: 'as many as make groups of few documents', lengths: [30, 30, 30, 30], fewest: 38 },
    { name: 'no larger where all are not enough', lengths: [9, 9, 9, 9, 9], fewest: 30 },
  ])('is $name', ({ lengths, fewest }) => {
    expect(fewestThatDecide(placesOf(...lengths))).toBe(fewest);
  });
});
