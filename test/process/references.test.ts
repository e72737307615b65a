import { describe, expect, it } from 'vitest';
import { readReferences, ToldReferences } from '../../src/process/references.ts';

describe('references on their way to the engine', () => {
  it('arrive as they are, each text sent once', () => {
    const told = new ToldReferences();
    const sent: unknown[] = [];
    let heard: string[] = [];
    const show = (texts: readonly string[]): readonly string[] => {
      const list = told.change(texts);
      if (list !== undefined) {
        sent.push(list);
        heard = readReferences(list, heard);
      }
      return heard;
    };
    for (const texts of [['a', 'b'], ['a', 'b'], ['b', 'c', 'a'], [], ['a'], ['a', 'a']]) {
      expect(show(texts)).toEqual(texts);
    }
    expect(sent).toEqual([['a', 'b'], [1, 'c', 0], [], ['a'], [0, 0]]);
  });

  it('that nobody sent are left out', () => {
    expect(readReferences([0, 'b', 7], [])).toEqual(['b']);
  });
});
