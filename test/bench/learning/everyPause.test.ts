import { expect, it } from 'vitest';
import { compareReach, reachIn, stretchesIn } from '../../../bench/learning/everyPause.ts';

const document = { path: 'shop.py', languageId: 'python', before: 'import os\nend()\n' };

it('asks at every natural pause of what is typed, with what stood there by then', () => {
  const typed = 'a = f(1)\n\nb = 2\n';
  const regions = [{ offset: 10, deletedChars: 6, typedText: typed }];
  const [stretch, ...others] = [...stretchesIn({ ...document, regions })];
  expect(others).toEqual([]);
  expect(stretch?.documentUri).toBe('file:///replayed/shop.py');
  expect(stretch?.places.map(({ prefix, rest, suffix }) => ({ prefix, rest, suffix }))).toEqual([
    { prefix: 'import os\n', rest: 'a = f(1)', suffix: '' },
    { prefix: 'import os\na = ', rest: 'f(1)', suffix: '' },
    { prefix: 'import os\na = f(', rest: '1)', suffix: '' },
    { prefix: 'import os\na = f(1)\n\n', rest: 'b = 2', suffix: '' },
    { prefix: 'import os\na = f(1)\n\nb = ', rest: '2', suffix: '' },
  ]);
});

it('knows all of the document at each pause', () => {
  const regions = [{ offset: 10, deletedChars: 6, typedText: 'a = f(1)\n' }];
  const [stretch] = [...stretchesIn({ ...document, regions })];
  expect(stretch?.places.map(({ documentText }) => documentText)).toEqual([
    ...['import os\n', 'import os\na = ', 'import os\na = f('],
  ]);
});

it('gives lines before others a line end of their own, and goes on below what was typed above', () => {
  const regions = [
    { offset: 0, deletedChars: 0, typedText: 'import re\n' },
    { offset: 20, deletedChars: 0, typedText: 'start()\n' },
  ];
  const places = [...stretchesIn({ ...document, regions })].flatMap((stretch) => stretch.places);
  expect(places.map(({ suffix }) => suffix)).toEqual([
    ...['\nimport os\nend()\n', '\nimport os\nend()\n'],
    ...['\nend()\n', '\nend()\n'],
  ]);
  expect(places.at(-1)?.prefix).toBe('import re\nimport os\nstart(');
});

it('cuts long work into stretches, none of which is lost', () => {
  const typedText = Array.from({ length: 40 }, (_, i) => `name${i} = compute(${i})\n`).join('');
  const stretches = [...stretchesIn({ ...document, regions: [{ offset: 0, deletedChars: 0, typedText }] })];
  expect(stretches.length).toBeGreaterThan(2);
  expect(stretches.flatMap(({ places }) => places)).toHaveLength(120);
});

it('counts what is right up to the first token that was not the likeliest, and no line ends', () => {
  const pieces = ['abc', 'x', 'y', '\n', 'd\n'].map((piece) => Buffer.from(piece));
  const tokenizer = { bytesOf: (token: number) => pieces[token]! };
  const sequence = (...completionTokens: number[]) => ({ promptTokens: [0], completionTokens, freeFrom: 0 });
  const [sure, unsure] = [0, Math.log(0.4)];
  const sequences = [sequence(0, 1, 2, 3), sequence(0, 4)];
  const logProbs = [Float32Array.of(sure, unsure, sure, sure), Float32Array.of(sure, unsure)];
  const reach = reachIn('file:///a.py', sequences, logProbs, tokenizer);
  expect(reach).toEqual({ documentUri: 'file:///a.py', places: 2, bytes: 5 + 3, right: 3 + 3 });
});

it('compares two policies over files', () => {
  const reach = (rights: readonly number[]) =>
    rights.map((right, i) => ({ documentUri: `file:///${i}.py`, places: 1, bytes: 100, right }));
  const even = compareReach(reach([10, 20, 10, 20, 10, 20]), reach([11, 22, 11, 22, 11, 22]), 1);
  expect(even.value).toBeCloseTo(0.1);
  expect(even.low).toBeCloseTo(0.1);
  const mixed = compareReach(reach([10, 20, 10, 20, 10, 20]), reach([20, 10, 20, 10, 20, 10]), 1);
  expect(mixed.value).toBeCloseTo(0);
  expect(mixed.low).toBeLessThan(-0.2);
  expect(compareReach(reach([0, 0, 0, 0, 0, 0]), reach([1, 1, 1, 1, 1, 1]), 1).value).toBeNull();
});
