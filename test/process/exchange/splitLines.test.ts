import { expect, it, vi } from 'vitest';
import { splitLines } from '../../../src/process/exchange/splitLines.ts';

/** Pieces of a text, and how many of them were asked for. */
function inPieces(...pieces: readonly string[]) {
  const read = { count: 0 };
  async function* texts(): AsyncGenerator<string> {
    for (const piece of pieces) {
      read.count += 1;
      yield await Promise.resolve(piece);
    }
  }
  return { texts: texts(), read };
}

async function linesOf(...pieces: readonly string[]): Promise<(string | undefined)[]> {
  const lines: (string | undefined)[] = [];
  for await (const line of splitLines(inPieces(...pieces).texts, { maxChars: 100 })) lines.push(line);
  return lines;
}

it.each([
  [[], ['']],
  [['a'], ['a']],
  [
    ['a\nb', 'c', 'd\n\ne'],
    ['a', 'bcd', '', 'e'],
  ],
  [
    ['a', '\n', 'b\r\n', '\n'],
    ['a', 'b\r', '', ''],
  ],
  [
    ['a\u2028b\u2029', 'c\nd'],
    ['a\u2028b\u2029c', 'd'],
  ],
])('of %j are %j', async (pieces, lines) => {
  expect(await linesOf(...pieces)).toEqual(lines);
});

it('looks through no part of a long line twice', async () => {
  const pieces = Array.from({ length: 8 }, () => 'abcd');
  const split = vi.spyOn(String.prototype, 'split');
  const lines = await linesOf(...pieces);
  const looked = split.mock.contexts.map(String);
  split.mockRestore();
  expect(looked).toEqual(pieces);
  expect(lines).toEqual([pieces.join('')]);
});

it('ends within a line that is read while the user has enough', async () => {
  const cancelled = new AbortController();
  const { texts, read } = inPieces('a\nb', 'c', 'd');
  const lines = splitLines(texts, { signal: cancelled.signal, maxChars: 9 });
  expect(await lines.next()).toEqual({ value: 'a', done: false });
  cancelled.abort();
  await expect(lines.next()).rejects.toMatchObject({ name: 'AbortError' });
  expect(read.count).toBe(2);
});

it('keeps nothing of a line that is too long, and goes on behind it', async () => {
  const { texts } = inPieces('abc', 'd', 'e\nabc', '\nabcd\n', 'f');
  const lines: (string | undefined)[] = [];
  for await (const line of splitLines(texts, { maxChars: 3 })) lines.push(line);
  expect(lines).toEqual([undefined, 'abc', undefined, 'f']);
});
