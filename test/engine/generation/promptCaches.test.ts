import { describe, expect, it } from 'vitest';
import { PromptCaches } from '../../../src/engine/generation/promptCaches.ts';
import { TokenPasses } from '../../../src/engine/generation/tokenPasses.ts';
import { cachedHeadSize } from '../../../src/engine/model/paddedHeads.ts';
import { idleSession, readThrough } from '../../support/idleSession.ts';
import { tinyConfig } from '../../support/tinyModel.ts';

const { layerCount, kvHeadCount } = tinyConfig;
const headSize = cachedHeadSize(tinyConfig);

const passes = new TokenPasses(tinyConfig, idleSession(tinyConfig), undefined);

/** `count` tokens of their own; another `document` gives others. */
const prompt = (document: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => 1000 * document + i);

/** Bytes of 64 positions of the tiny model: the step in which room grows. */
const stepBytes = 64 * 2 * layerCount * kvHeadCount * headSize * 4;

describe('PromptCaches', () => {
  it.each([
    ['typing appends', [prompt(1, 10), [...prompt(1, 10), 7]], [0, 10]],
    ['the same prompt is asked again', [prompt(1, 10), prompt(1, 10)], [0, 9]],
    ['the end was deleted', [prompt(1, 10), prompt(1, 6)], [0, 5]],
    [
      'two documents take turns',
      [prompt(1, 10), prompt(2, 10), [...prompt(1, 10), 7], [...prompt(2, 10), 7]],
      [0, 0, 10, 10],
    ],
  ])('goes on where a known text stops being like the prompt: %s', async (_, prompts, known) => {
    const caches = new PromptCaches(passes);
    for (const [i, tokens] of prompts.entries()) expect(await readThrough(caches, tokens)).toBe(known[i]);
  });

  it('keeps a text of which much would be overwritten, and begins the new one with a copy', async () => {
    const caches = new PromptCaches(passes);
    const long = prompt(1, 300);
    const other = [...long.slice(0, 100), ...prompt(2, 50)];
    expect(await readThrough(caches, long)).toBe(0);
    expect(await readThrough(caches, other)).toBe(100);
    expect(await readThrough(caches, [...long, 7])).toBe(300);
    expect(await readThrough(caches, [...other, 7])).toBe(150);
  });

  it('overwrites a few tokens, such as a completion that was not taken', async () => {
    const caches = new PromptCaches(passes, { maxBytes: 0, fewestTexts: 1 });
    await readThrough(caches, [...prompt(1, 100), ...prompt(2, 30)]);
    expect(await readThrough(caches, [...prompt(1, 100), ...prompt(3, 30)])).toBe(100);
    expect(await readThrough(caches, [...prompt(1, 100), ...prompt(2, 30)])).toBe(100);
  });

  it('begins with nothing where no more than the marks of a prompt is alike', async () => {
    const caches = new PromptCaches(passes);
    const marked = (document: number): number[] => [1, 2, ...prompt(document, 200)];
    for (const document of [1, 2]) expect(await readThrough(caches, marked(document))).toBe(0);
  });

  it('counts a copy as a use of the text it is taken from', async () => {
    const caches = new PromptCaches(passes, { maxBytes: 1, fewestTexts: 3 });
    await readThrough(caches, prompt(1, 300));
    for (const document of [2, 3]) await readThrough(caches, prompt(document, 20));
    await readThrough(caches, [...prompt(1, 100), ...prompt(4, 50)]);
    expect(await readThrough(caches, [...prompt(1, 300), 7])).toBe(300);
  });

  it('forgets the text that was used longest ago when its bytes are used up', async () => {
    const caches = new PromptCaches(passes, { maxBytes: 2 * stepBytes, fewestTexts: 1 });
    for (const document of [1, 2, 1, 3]) await readThrough(caches, prompt(document, 20));
    expect(await readThrough(caches, prompt(1, 20))).toBe(19);
    expect(await readThrough(caches, prompt(3, 20))).toBe(19);
    expect(await readThrough(caches, prompt(2, 20))).toBe(0);
  });

  it('keeps the newest texts however large they are', async () => {
    const caches = new PromptCaches(passes, { maxBytes: 1, fewestTexts: 2 });
    for (const document of [1, 2, 3]) await readThrough(caches, prompt(document, 500));
    expect(await readThrough(caches, [...prompt(3, 500), 7])).toBe(500);
    expect(await readThrough(caches, [...prompt(2, 500), 7])).toBe(500);
    expect(await readThrough(caches, [...prompt(1, 500), 7])).toBe(0);
  });
});
