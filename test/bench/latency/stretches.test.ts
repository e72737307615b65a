import { describe, expect, it } from 'vitest';
import type { Rhythm } from '../../../bench/latency/rhythm.ts';
import { keysOf, readTypedFiles, stretchesOf } from '../../../bench/latency/stretches.ts';

const rhythm: Rhythm = { source: '', rests: { withinWord: [1], wordEnd: [2], lineEnd: [3] } };

describe('keysOf', () => {
  it.each([
    ['ab c', ['a', 'b', ' ', 'c']],
    ['  if x:\n    y', ['  ', 'i', 'f', ' ', 'x', ':', '\n    ', 'y']],
    ['é\u{1F600}', ['é', '\u{1F600}']],
    ['', []],
  ])('presses for %j the keys %j', (text, keys) => {
    expect(keysOf(text)).toEqual(keys);
  });
});

describe('stretchesOf', () => {
  const files = readTypedFiles();
  const stretches = stretchesOf(files, { placesPerFile: 2, linesPerPlace: 2 }, rhythm);

  it('makes of every stretch the file it was taken from', () => {
    for (const { before, keystrokes, behind, documentUri } of stretches) {
      const typed = keystrokes.map((keystroke) => keystroke.typed).join('');
      expect(before + typed + behind).toBe(files.find((file) => file.documentUri === documentUri)!.text);
    }
  });

  it('goes from file to file, as somebody does who works on several', () => {
    const uris = files.map(({ documentUri }) => documentUri);
    expect(stretches.map(({ documentUri }) => documentUri)).toEqual([...uris, ...uris]);
  });

  it('starts no stretch at a comment or a line of brackets', () => {
    for (const { keystrokes } of stretches) {
      const [line] = keystrokes
        .map(({ typed }) => typed)
        .join('')
        .split('\n');
      expect(line).toMatch(/^\s*\w.{11}/);
    }
  });
});
