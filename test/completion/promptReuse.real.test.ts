import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  contextAround,
  cursorLineOf,
  isMidWord,
  normaliseContext,
} from '../../src/completion/prompt/context.ts';
import { buildPrompt } from '../../src/completion/prompt/prompt.ts';
import { SuffixSnapshots } from '../../src/completion/prompt/suffixSnapshot.ts';
import { PromptCaches } from '../../src/engine/generation/promptCaches.ts';
import { TokenPasses } from '../../src/engine/generation/tokenPasses.ts';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer.ts';
import { idleSession, readThrough } from '../support/idleSession.ts';
import { openRealModel, realModels, type RealModel } from '../support/realModels.ts';
import { typedStates } from '../support/typedKeys.ts';

/** Files whose middle is typed again, and the lines of it: copies, as this project's own were on one day. */
const files = [
  { path: 'typed/completionTracker.ts.txt', from: 60, to: 100 },
  { path: 'typed/retrainRun.ts.txt', from: 63, to: 103 },
  { path: 'typed/make_model_golden.py.txt', from: 55, to: 95 },
] as const;

const maxPromptTokens = 512;

/** Prompts at every key where a completion would be asked. */
function* promptsWhileTyping(file: (typeof files)[number], tokenizer: Tokenizer, takesSnapshots: boolean) {
  const lines = readFileSync(new URL(file.path, import.meta.url), 'utf8').split(/(?<=\n)/);
  const part = (from: number, to?: number): string => lines.slice(from, to).join('');
  const snapshots = new SuffixSnapshots();
  const typed = part(file.from, file.to).trimEnd();
  for (const { prefix, suffix } of typedStates(part(0, file.from), typed, `\n${part(file.to)}`)) {
    const context = contextAround(prefix + suffix, prefix.length);
    const place = { documentUri: file.path, suffix: context.suffix, offset: prefix.length };
    if (isMidWord(cursorLineOf(context))) continue;
    const shown = takesSnapshots ? { ...context, suffix: snapshots.take(place) } : context;
    yield buildPrompt(normaliseContext(shown), tokenizer, maxPromptTokens).promptTokens;
  }
}

/** Which share of all prompt tokens stood at the same place in the prompt before. */
function reuseShare(prompts: Iterable<readonly number[]>): number {
  let before: readonly number[] = [];
  let [kept, all] = [0, 0];
  for (const prompt of prompts) {
    const differs = prompt.findIndex((token, i) => token !== before[i]);
    kept += differs === -1 ? prompt.length : differs;
    all += prompt.length;
    before = prompt;
  }
  return kept / all;
}

describe('the prompts while one types', () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    ({ tokenizer } = await openRealModel('qwen2.5-coder-0.5b'));
  });

  it.each(files)('are 98.5 % what was computed before, in $path', (file) => {
    const withSnapshots = reuseShare(promptsWhileTyping(file, tokenizer, true));
    const without = reuseShare(promptsWhileTyping(file, tokenizer, false));
    expect(withSnapshots).toBeGreaterThan(0.985);
    expect(1 - withSnapshots).toBeLessThan((1 - without) / 5);
  });
});

/** A cursor at the end of a line of a file, and what was typed there since. */
interface Visit {
  readonly file: (typeof files)[number];
  readonly line: number;
  readonly typed?: string;
}

/** What a completion behind each visit computes, through the caches of a model that writes 12 tokens at each. */
async function computedTokens(id: RealModel, visits: readonly Visit[]): Promise<number[]> {
  const { config, tokenizer } = await openRealModel(id);
  const caches = new PromptCaches(new TokenPasses(config, idleSession(config), undefined));
  const snapshots = new SuffixSnapshots();
  const written = Array.from({ length: 12 }, (_, i) => 1000 + i);
  const computed: number[] = [];
  for (const { file, line, typed = '' } of visits) {
    const lines = readFileSync(new URL(file.path, import.meta.url), 'utf8').split('\n');
    const prefix = lines.slice(0, line).join('\n') + typed;
    const suffix = `\n${lines.slice(line).join('\n')}`;
    const context = contextAround(prefix + suffix, prefix.length);
    const place = { documentUri: file.path, suffix: context.suffix, offset: prefix.length };
    const shown = { ...context, suffix: snapshots.take(place) };
    const { promptTokens } = buildPrompt(normaliseContext(shown), tokenizer, maxPromptTokens);
    computed.push(promptTokens.length - (await readThrough(caches, promptTokens, written)));
  }
  caches.dispose();
  return computed;
}

describe.each(realModels)('the prompts of %s while one walks', (id) => {
  const [tracker, run, golden] = files;
  const [a, b] = [
    { file: tracker, line: 70 },
    { file: tracker, line: 110 },
  ];

  it('cost one token at a place of a document that was read, however one went to and fro', async () => {
    const [first, other, ...again] = await computedTokens(id, [a, b, a, b, a]);
    expect(Math.min(first!, other!)).toBeGreaterThan(200);
    expect(again).toEqual([1, 1, 1]);
  });

  it('cost what was typed alone, where several documents take turns', async () => {
    const [c, d] = [
      { file: golden, line: 70 },
      { file: run, line: 80 },
    ];
    // So little that no prompt's front is cut by another step.
    const typed = '\nconst total = 1';
    const computed = await computedTokens(id, [a, c, d, a, c, d, { ...a, typed }, { ...c, typed }, d, a, c]);
    expect(computed.slice(3, 6)).toEqual([1, 1, 1]);
    for (const count of computed.slice(6, 8)) expect(count).toBeLessThanOrEqual(8);
    expect(computed.slice(8)).toEqual([1, 1, 1]);
  });
});
