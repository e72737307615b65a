import { describe, expect, it } from 'vitest';
import { workspaceDemonstrations, type SourceFile } from '../../src/trainer/workspaceDemonstrations.ts';

const lines = Array.from({ length: 40 }, (_, i) => `const value${i} = compute(${i});`);

const file = (text: string, documentUri = 'file:///a.ts'): SourceFile => ({
  documentUri,
  languageId: 'typescript',
  text,
});

const all = { seed: 1, maxPlaces: 100 };

describe('workspaceDemonstrations', () => {
  it('puts every file together again at each of its places', () => {
    const text = `${lines.join('\n')}\n`;
    const places = workspaceDemonstrations([file(text)], all);
    expect(places.length).toBeGreaterThanOrEqual(4);
    for (const { prefix, text: written, suffix, offset } of places) {
      expect(prefix + written + suffix).toBe(text);
      expect(prefix).toHaveLength(offset);
    }
  });

  it('takes the rest of a line behind its last natural pause', () => {
    const [place] = workspaceDemonstrations([file('\n'.repeat(0) + 'const a = compute(1);')], {
      ...all,
      seed: seedThatStartsAtTheTop(),
    });
    expect(place).toMatchObject({
      prefix: 'const a = compute(',
      text: '1);',
      source: 'workspace',
      weight: 1,
    });
  });

  it('spreads its places over a file', () => {
    const places = workspaceDemonstrations([file(lines.join('\n'))], all);
    const found = places.map(({ prefix }) => prefix.split('\n').length - 1).sort((a, b) => a - b);
    const apart = found.slice(1).map((line, i) => line - found[i]!);
    expect(new Set(apart)).toEqual(new Set([8]));
  });

  it('leaves out lines that say next to nothing', () => {
    expect(workspaceDemonstrations([file('}\n'.repeat(100))], all)).toEqual([]);
    expect(workspaceDemonstrations([file('')], all)).toEqual([]);
  });

  it('begins with the lines that the developer wrote last, where that is known', () => {
    const linesWritten = lines.map((_, i) => (i < 20 ? null : i));
    const files = [file(lines.join('\n')), { ...file(lines.join('\n'), 'file:///b.ts'), linesWritten }];
    const places = workspaceDemonstrations(files, { seed: 1, maxPlaces: 4 });
    const lineOf = ({ prefix }: { readonly prefix: string }) => prefix.split('\n').length - 1;
    expect(places.slice(0, 2).map(({ documentUri }) => documentUri)).toEqual([
      'file:///b.ts',
      'file:///b.ts',
    ]);
    expect(lineOf(places[0]!)).toBeGreaterThan(lineOf(places[1]!));
    expect(lineOf(places[1]!)).toBeGreaterThanOrEqual(20);
  });

  it('draws as many places as are wanted, the same ones for the same seed', () => {
    const files = ['a', 'b', 'c'].map((name) => file(lines.join('\n'), `file:///${name}.ts`));
    const drawn = (seed: number) => workspaceDemonstrations(files, { seed, maxPlaces: 5 });
    expect(drawn(1)).toHaveLength(5);
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(2)).not.toEqual(drawn(1));
  });
});

/** The first seed for which the single line of a file is looked at. */
function seedThatStartsAtTheTop(): number {
  const seeds = Array.from({ length: 100 }, (_, seed) => seed);
  return seeds.find(
    (seed) => workspaceDemonstrations([file('const a = 1;')], { ...all, seed }).length === 1,
  )!;
}
