import { describe, expect, it } from 'vitest';
import { extendsSelected } from '../../../src/editor/typing/selectedEntry.ts';

describe('extendsSelected', () => {
  it.each([
    ['the rest of the name and more', 'Each(draw);', { text: 'forEach', replacedBefore: 'for' }, true],
    ['just the rest of the name', 'Each', { text: 'forEach', replacedBefore: 'for' }, true],
    ['another name', 'Of(', { text: 'forEach', replacedBefore: 'for' }, false],
    ['an entry that rewrites what was typed', 'Each', { text: 'forEach', replacedBefore: 'FOR' }, false],
    ['an entry at an empty word', 'log(1)', { text: 'log', replacedBefore: '' }, true],
  ])('%s', (_, completionText, selected, expected) => {
    expect(extendsSelected(completionText, selected)).toBe(expected);
  });
});
