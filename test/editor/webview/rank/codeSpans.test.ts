import { describe, expect, it } from 'vitest';
import { codeSpans } from '../../../../src/editor/webview/rank/codeSpans.ts';

/** Each span that has a colour, as `kind:text`. */
const colours = (code: string, languageId: string) =>
  codeSpans(code, languageId)
    .filter(({ kind }) => kind !== 'plain')
    .map(({ kind, text }) => `${kind}:${text}`);

describe('codeSpans', () => {
  it.each([
    ['const a = 1;', 'javascript', ['keyword:const', 'number:1']],
    [`return 'a\\'b' + "c"`, 'javascript', ['keyword:return', `string:'a\\'b'`, 'string:"c"']],
    ['x // if 1\ny', 'javascript', ['comment:// if 1']],
    ['/* a\nb */ c', 'c', ['comment:/* a\nb */']],
    ['this.#count', 'typescript', ['keyword:this']],
    ['x # if 1', 'python', ['comment:# if 1']],
    ['a // b', 'python', []],
    ['0xff + a1', 'go', ['number:0xff']],
    ['`a ${b}`', 'javascript', ['string:`a ${b}`']],
    [`'open`, 'javascript', [`string:'open`]],
    ['iffy returned', 'javascript', []],
  ])('%s in %s', (code, languageId, expected) => {
    expect(colours(code, languageId)).toEqual(expected);
  });

  it('loses no character', () => {
    const code = `async function f(x) {\n  return x ? "é" : \`\${x}\`; // 👍\n}`;
    const spans = codeSpans(code, 'javascript');
    expect(spans.map(({ text }) => text).join('')).toBe(code);
  });
});
