import { describe, expect, it } from 'vitest';
import type { Completion, CompletionId, NoCompletionReason } from '../../../src/completion/completion.ts';
import { CompletionCache } from '../../../src/completion/typing/completionCache.ts';
import type { AskedPlace } from '../../../src/completion/typing/typingAlong.ts';
import type { PolicyId } from '../../../src/engine/policy.ts';
import { cursorText } from '../../support/cursorText.ts';

const policyId = 'base+1' as PolicyId;

function placeAt(marked: string, changes: Partial<AskedPlace> = {}): AskedPlace {
  const { prefix, suffix } = cursorText(marked);
  const document = { documentUri: 'file:///a.ts', languageId: 'typescript' };
  return { prefix, suffix, offset: prefix.length, ...document, policyId, ...changes };
}

function completionOf(text: string, replacedChars = 0): Completion {
  const written = {
    promptTokens: [],
    typedText: '',
    completionTokens: [],
    behaviourLogProbs: [],
    freeFrom: 0,
    temperature: 0,
  };
  const id = 'c1' as CompletionId;
  return { kind: 'completion', id, policyId, text, replacedChars, written, latencyMs: 40 };
}

/** What a cache answers at `asked` that holds one completion for `from`: text and replaced characters. */
function answer(from: string, [text, replacedChars]: [string, number], asked: AskedPlace): unknown {
  const cache = new CompletionCache();
  cache.add(placeAt(from), completionOf(text, replacedChars));
  const found = cache.find(asked);
  if (found?.kind !== 'completion') return undefined;
  expect(found.id).toBe('c1');
  return [found.text, found.replacedChars];
}

describe('CompletionCache', () => {
  const check = (
    why: string,
    offered: readonly [at: string, text: string, replacedChars?: number],
    asked: string,
    expected: readonly [text: string, replacedChars: number] | undefined,
  ): void => {
    it(why, () => {
      const [at, text, replacedChars = 0] = offered;
      expect(answer(at, [text, replacedChars], placeAt(asked))).toEqual(expected);
    });
  };

  check('answers at the same place', ['a = █', 'foo();'], 'a = █', ['foo();', 0]);
  check('offers the rest while the user types the text', ['a = █', 'foo();'], 'a = fo█', ['o();', 0]);
  check('has nothing for another text', ['a = █', 'foo();'], 'a = b█', undefined);
  check('has nothing once all is typed', ['a = █', 'foo'], 'a = foo█', undefined);
  check('has nothing in front of where it was asked', ['a = █', 'foo'], 'a =█', undefined);
  check('takes the bracket that the editor typed', ['a = █', 'f(x);'], 'a = f(█)', ['x);', 1]);
  check('keeps the bracket it needs not replace', ['a = █', 'f(x)'], 'a = f(█)', ['x', 0]);
  check('goes on behind a bracket typed over', ['f(█)', 'x);', 1], 'f(x)█', [';', 0]);
  check('still replaces what it did', ['f(█)', 'x, y);', 1], 'f(x█)', [', y);', 1]);
  check('goes on over a typed line end', ['if (a) {█\n', '\n  b();\n}'], 'if (a) {\n  █\n', ['b();\n}', 0]);
  check('has nothing when the line behind changed', ['a = █', 'foo();'], 'a = f█bar', undefined);
  check('has nothing when the text below changed', ['a = █\nb', 'foo();'], 'a = f█\nc', undefined);

  it('finds typed line ends of any kind', () => {
    const place = placeAt('if (a) {\r\n  █\r\nc');
    expect(answer('if (a) {█\r\nc', ['\n  b();', 0], place)).toEqual(['b();', 0]);
  });

  it('compares a context that starts elsewhere as far as both reach', () => {
    const place = placeAt('const a = f█', { offset: 1011 });
    const cache = new CompletionCache();
    cache.add(placeAt('x;\nconst a = █', { offset: 1010 }), completionOf('foo'));
    expect(cache.find(place)).toMatchObject({ text: 'oo' });
  });

  it('serves no other policy and no other document', () => {
    const other = { policyId: 'base+2' as PolicyId };
    expect(answer('a = █', ['foo', 0], placeAt('a = █', other))).toBeUndefined();
    expect(answer('a = █', ['foo', 0], placeAt('a = █', { documentUri: 'file:///b.ts' }))).toBeUndefined();
  });

  it.each(['a = █', 'a = f█'])('serves nothing where the document has another language by now: %s', (at) => {
    expect(answer('a = █', ['foo', 0], placeAt(at, { languageId: 'python' }))).toBeUndefined();
  });

  it('is not silent where the document has another language by now', () => {
    const cache = new CompletionCache();
    const silence = { kind: 'none', id: 'n1' as CompletionId, reason: 'silence', policyId } as const;
    cache.add(placeAt('a = █', { languageId: 'plaintext' }), silence);
    expect(cache.find(placeAt('a = █', { languageId: 'python' }))).toBeUndefined();
  });

  it('prefers the newest answer', () => {
    const cache = new CompletionCache();
    cache.add(placeAt('a = █'), completionOf('foo'));
    cache.add(placeAt('a = █'), completionOf('bar'));
    expect(cache.find(placeAt('a = █'))).toMatchObject({ text: 'bar' });
  });

  it('forgets what was used longest ago, and everything on demand', () => {
    const cache = new CompletionCache();
    const placeOf = (i: number): AskedPlace => placeAt('a = █', { documentUri: `file:///${i}.ts` });
    for (let i = 0; i < 100; i++) cache.add(placeOf(i), completionOf('foo'));
    cache.find(placeOf(0));
    cache.add(placeOf(100), completionOf('foo'));
    expect([0, 1, 2, 100].map((i) => cache.find(placeOf(i)) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
    cache.clear();
    expect(cache.find(placeOf(0))).toBeUndefined();
  });

  it.each<[NoCompletionReason, boolean]>([
    ['silence', true],
    ['blank', true],
    ['suffixRepeats', true],
    ['cancelled', false],
    ['modelNotReady', false],
  ])('remembers %s: %s', (reason, isKept) => {
    const cache = new CompletionCache();
    cache.add(placeAt('a = █'), { kind: 'none', id: 'n1' as CompletionId, reason, policyId });
    expect(cache.find(placeAt('a = █'))?.kind).toBe(isKept ? 'none' : undefined);
    expect(cache.find(placeAt('a = f█'))).toBeUndefined();
  });
});

it('looks at what stands behind the cursor only where the text was typed along, however many it holds', () => {
  const cache = new CompletionCache();
  let looks = 0;
  const watched = (place: AskedPlace): AskedPlace => ({
    ...place,
    get suffix() {
      looks += 1;
      return place.suffix;
    },
  });
  for (let i = 0; i < 100; i++) cache.add(watched(placeAt(`${'a'.repeat(i)}█\nend`)), completionOf(`b${i}`));
  expect(cache.find(placeAt(`${'a'.repeat(200)}█\nend`))).toBeUndefined();
  expect(looks).toBe(0);
  expect(cache.find(placeAt(`${'a'.repeat(50)}b█\nend`))).toMatchObject({ text: '50' });
  expect(looks).toBe(1);
});
