import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineCountOf, splitWork, writtenText } from '../../../src/cli/replay/splitWork.ts';
import { changesBetween, type TypedDocument } from '../../../src/cli/replay/typedWork.ts';

const settings = { firstShare: 0.6, maxLines: 1000, seed: 1 };

/** A document of so many typed lines, all of them different. */
function documentOf(name: string, lines: number): TypedDocument {
  const typedText = Array.from({ length: lines }, (_, i) => `${name} line ${i}\n`).join('');
  return {
    path: name,
    languageId: 'python',
    before: '',
    regions: [{ offset: 0, deletedChars: 0, typedText }],
  };
}

const documentsOf = (...lines: number[]) => lines.map((count, i) => documentOf(`d${i}`, count));
const pathsOf = (documents: readonly TypedDocument[]) => documents.map(({ path }) => path);

describe('splitWork', () => {
  it('puts each document into one part as a whole where both get enough', () => {
    const documents = documentsOf(...Array.from({ length: 20 }, () => 10));
    const { first, heldOut, by } = splitWork(documents, settings);
    expect([first.length, heldOut.length, by]).toEqual([12, 8, 'documents']);
    expect(new Set(pathsOf([...first, ...heldOut])).size).toBe(20);
    for (const document of [...first, ...heldOut]) expect(documents).toContainEqual(document);
  });

  it.each([
    ['there are few', documentsOf(10, 10, 10)],
    ['one is most of the work', documentsOf(300, ...Array.from({ length: 15 }, () => 10))],
  ])('cuts documents and holds out what is written below where %s', (_, documents) => {
    const { first, heldOut, by } = splitWork(documents, settings);
    expect(by).toBe('regions');
    expect(lineCountOf(first) / lineCountOf([...first, ...heldOut])).toBeCloseTo(0.6, 1);
    for (const later of heldOut) {
      const before = first.find(({ path }) => path === later.path)!;
      expect(later.before).toBe(writtenText(before));
    }
  });

  it('works through the documents in an order of the seed', () => {
    const documents = documentsOf(...Array.from({ length: 30 }, () => 3));
    const orderFor = (seed: number) => pathsOf(splitWork(documents, { ...settings, seed }).first);
    expect(orderFor(1)).toEqual(orderFor(1));
    expect(orderFor(1)).not.toEqual(orderFor(2));
  });

  it('leaves out documents beyond the limit, and the end of a single one', () => {
    const kept = (documents: readonly TypedDocument[]) => {
      const { first, heldOut } = splitWork(documents, { ...settings, maxLines: 50 });
      return lineCountOf([...first, ...heldOut]);
    };
    expect(kept(documentsOf(30, 30, 30))).toBe(30);
    expect(kept(documentsOf(200))).toBe(50);
  });

  it('gives nothing of nothing', () => {
    expect(splitWork([], settings)).toMatchObject({ first: [], heldOut: [] });
  });

  it('loses and repeats nothing, whatever the regions are', () => {
    const code = fc
      .array(fc.constantFrom('alpha', 'beta', '', '  gamma'), { maxLength: 12 })
      .map((lines) => lines.map((line) => `${line}\n`).join(''));
    const file = (text: string) => [{ path: 'a', languageId: 'python', text, addedAtMs: 0 }];
    fc.assert(
      fc.property(code, code, fc.double({ min: 0, max: 1, noNaN: true }), (old, newer, firstShare) => {
        const documents = changesBetween(file(old), file(newer));
        const { first, heldOut } = splitWork(documents, { ...settings, firstShare });
        const last = heldOut[0];
        if (last !== undefined) expect(writtenText(last)).toBe(newer);
        expect(lineCountOf([...first, ...heldOut])).toBe(lineCountOf(documents));
      }),
      { numRuns: 60 },
    );
  });
});
