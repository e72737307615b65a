import { expect, it } from 'vitest';
import { changesBetween } from '../../../src/cli/replay/typedWork.ts';

it('takes a file whose lines are nearly all others as written anew, but for what stays around them', () => {
  const lines = (name: string) => Array.from({ length: 15_000 }, (_, i) => `${name}${i}\n`).join('');
  const file = (name: string) => ({
    ...{ path: 'a.py', languageId: 'python', addedAtMs: 0 },
    text: `head\n${lines(name)}tail\n`,
  });
  expect(changesBetween([file('a')], [file('b')])[0]?.regions).toEqual([
    { offset: 5, deletedChars: lines('a').length, typedText: lines('b') },
  ]);
});
